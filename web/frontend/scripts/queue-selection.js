const PAGE = 25;

/** Which rows are selected, also those that are not in the page at present; the bar tells what they come to. */
export class QueueSelection {
  constructor() {
    this.chosen = new Map();
    this.anchor = "";
    this.isAll = false;
  }

  /** Takes all that match, also what was never loaded; any other choice ends that. */
  takeAll() {
    this.isAll = true;
    this.tell();
  }

  has(id) {
    return this.chosen.has(id);
  }

  get ids() {
    return [...this.chosen.keys()];
  }

  toggle(row, on = !this.has(row.dataset.row)) {
    this.isAll = false;
    if (on) this.chosen.set(row.dataset.row, facts(row));
    else this.chosen.delete(row.dataset.row);
    this.anchor = row.dataset.row;
    this.dress([row]);
    this.tell();
  }

  /** Selects everything from the last one that was chosen to this one; this one alone where there is none such. */
  extend(rows, row) {
    const place = (id) => rows.findIndex((each) => each.dataset.row === id);
    const [from, to] = [place(this.anchor), place(row.dataset.row)].sort((a, b) => a - b);
    if (from < 0) return this.toggle(rows[place(row.dataset.row)] ?? row);
    for (const each of rows.slice(from, to + 1)) this.chosen.set(each.dataset.row, facts(each));
    this.dress(rows);
    this.tell();
  }

  clear(rows) {
    this.isAll = false;
    this.chosen.clear();
    this.anchor = "";
    this.dress(rows);
    this.tell();
  }

  drop(ids) {
    for (const id of ids) this.chosen.delete(id);
    this.tell();
  }

  dress(rows) {
    for (const row of rows) {
      const on = this.has(row.dataset.row);
      row.classList.toggle("selected", on);
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.checked = on;
    }
  }

  tell() {
    const bar = document.querySelector("[data-bar]");
    if (!bar) return;
    const all = [...this.chosen.values()];
    const sum = (name) => all.reduce((total, each) => total + each[name], 0);
    const count = bar.querySelector("[data-selected-count]");
    const sums = bar.querySelector("[data-selected-sums]");
    const shown = new Intl.NumberFormat(document.documentElement.lang);
    bar.hidden = !all.length;
    const total = Number(bar.dataset.total);
    const match = bar.querySelector("[data-select-match]");
    match.hidden = this.isAll || all.length < Math.min(PAGE, total) || total <= all.length;
    match.textContent = match.dataset.words.replace("{n}", shown.format(total));
    bar.querySelector("[data-act=merge]").disabled = this.isAll;
    sums.hidden = this.isAll;
    count.textContent = all.length === 1 ? count.dataset.one : count.dataset.many.replace("{n}", shown.format(all.length));
    if (this.isAll) count.textContent = count.dataset.all.replace("{n}", shown.format(total));
    sums.textContent = sums.dataset.words
      .replace("{people}", shown.format(sum("people")))
      .replace("{lines}", shown.format(sum("lines")));
    const every = document.querySelector("[data-select-all]");
    if (every && !all.length) every.checked = false;
  }
}

/** What the bar and the dialog of merging tell of a row. */
export function facts(row) {
  const title = row.querySelector(".title");
  return { people: Number(row.dataset.people), lines: Number(row.dataset.lines), title: title.cloneNode(true) };
}
