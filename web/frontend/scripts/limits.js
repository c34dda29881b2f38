/** Says of `[data-limit]` that it holds too many characters, before it is sent; `maxlength` would cut a paste in silence. */
export function watchLimits() {
  for (const field of document.querySelectorAll("[data-limit]")) {
    const check = () => field.setCustomValidity(isTooLong(field) ? field.dataset.tooLong : "");
    field.addEventListener("input", () => {
      check();
      if (field.validity.customError) field.reportValidity();
    });
    check();
  }
}

function isTooLong(field) {
  const limit = Number(field.dataset.limit);
  // A character outside the basic plane has two code units.
  return field.value.length > limit && [...field.value].length > limit;
}
