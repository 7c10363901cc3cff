// Periodic tables, one for each element of the page. A choice is sent once the clicks have paused.

const PAUSE = 400; // ms
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

const tables = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!tables.has(parentElement)) tables.set(parentElement, new PeriodicTable(parentElement));
  const table = tables.get(parentElement);
  table.send = (symbols) => setStateValue("chosen", symbols);
  table.update(data);
  return () => {
    table.flush();
    tables.delete(parentElement);
  };
}

class PeriodicTable {
  constructor(parent) {
    this.chosen = new Set();
    this.groupsBox = parent.querySelector(".groups");
    this.grid = parent.querySelector(".elements");
    this.count = parent.querySelector(".count");
    this.timer = null; // of a choice that is not sent yet
    this.grid.onkeydown = (event) => this.move(event);
  }

  update({ cells, groups, chosen }) {
    const text = JSON.stringify([cells, groups]);
    if (text !== this.text) this.build(cells, groups);
    this.text = text;
    if (this.timer === null) this.chosen = new Set(chosen);
    this.show();
  }

  build(cells, groups) {
    this.allowed = cells.filter((cell) => cell.allowed).map((cell) => cell.symbol);
    this.cells = cells.map((cell) => ({ ...cell, button: this.elementButton(cell) }));
    this.grid.replaceChildren(...this.cells.map((cell) => cell.button));
    this.groups = groups.map((group) => ({
      ...group,
      button: this.button(group.name, () => this.toggle(group.symbols)),
    }));
    this.groupsBox.replaceChildren(...this.groups.map((group) => group.button));
  }

  button(text, act) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: text, onclick: act });
    return button;
  }

  elementButton({ symbol, name, row, column, allowed }) {
    const button = this.button(symbol, () => this.toggle([symbol]));
    Object.assign(button, { title: name, disabled: !allowed, tabIndex: -1 });
    button.setAttribute("aria-label", name);
    Object.assign(button.style, { gridRow: row, gridColumn: column });
    return button;
  }

  toggle(symbols) {
    const add = !symbols.every((symbol) => this.chosen.has(symbol));
    for (const symbol of symbols) add ? this.chosen.add(symbol) : this.chosen.delete(symbol);
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  flush() {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.send([...this.chosen]);
  }

  show() {
    for (const { symbol, button } of this.cells)
      button.setAttribute("aria-pressed", this.chosen.has(symbol));
    for (const { symbols, button } of this.groups)
      button.setAttribute("aria-pressed", symbols.every((symbol) => this.chosen.has(symbol)));
    this.count.textContent = `${this.chosen.size} of ${this.allowed.length} elements`;
    const reached = this.cells.some(({ button }) => button.tabIndex === 0 && !button.disabled);
    const first = this.cells.find(({ allowed }) => allowed);
    if (!reached && first) first.button.tabIndex = 0;
  }

  move(event) {
    const step = STEPS[event.key];
    const from = this.cells.find(({ button }) => button === event.target);
    if (!step || !from) return;
    event.preventDefault();
    const [down, right] = step;
    for (let n = 1; n < 18; n += 1) {
      const next = this.cells.find(
        ({ row, column, allowed }) =>
          allowed && row === from.row + n * down && column === from.column + n * right,
      );
      if (!next) continue;
      from.button.tabIndex = -1;
      next.button.tabIndex = 0;
      next.button.focus();
      return;
    }
  }
}
