// Puts what was kept of a form back into it.

export function fill(form, fields) {
  for (const name of new Set(fields.map(([each]) => each))) {
    const values = fields.filter(([each]) => each === name).map(([, value]) => value);
    for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else if (control.type !== "file") control.value = values[0];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}
