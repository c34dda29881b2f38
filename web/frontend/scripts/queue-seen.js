const SHOWN = { assign: "owner", snooze: "snoozed", unsnooze: "snoozed", ignore: "ignored", unignore: "ignored" };

/** Says what a row shows of what an act changes, so that nobody undoes another one's act unseen; empty without a row. */
export function seen(act, row) {
  const shown = SHOWN[act];
  return row && shown ? `=${row.dataset[shown] ?? ""}` : "";
}
