// 3Dmol viewers, one for each element of the page. New data replace the drawing; the camera moves by
// itself only where the scene asks for another frame.

const CAMERA_Z = 150; // Å, height of 3Dmol's camera
const VIEW_ANGLE = Math.PI / 9; // that it sees from top to bottom
const HINT = "Click an atom for its site, a second one for the distance. Drag or arrow keys turn.";
const ENTER = "The wheel and a finger scroll the page; after a click here they zoom and turn.";
const LEAVE = "The wheel zooms; Esc gives it back to the page.";
const PICKED = "#f0e442";
const BOTH_SIDES = 2; // of a surface, as 3Dmol says it
const STEP = 10; // degrees for an arrow key
const PAUSE = 120; // ms between the scenes of a film

const views = new WeakMap();
let library = null; // the promise of 3Dmol.js, shared by all views of a page

export default function ({ data, parentElement, setStateValue }) {
  if (!views.has(parentElement)) views.set(parentElement, new SceneView(parentElement));
  const view = views.get(parentElement);
  view.setStateValue = setStateValue;
  const [settings, ...scenes] = new TextDecoder().decode(data).split("\n"); // a line each
  view.update(JSON.parse(settings), scenes);
  return () => {
    views.delete(parentElement);
    view.close();
  };
}

function loadScript(address) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = new URL(address, document.baseURI).href;
    tag.onload = () => (window.$3Dmol ? resolve(address) : reject(new Error(address)));
    tag.onerror = () => reject(new Error(address));
    document.head.append(tag);
  });
}

function loadLibrary(addresses) {
  const inTurn = (before, address) => before.catch(() => loadScript(address));
  library ??= addresses.reduce(inTurn, Promise.reject(new Error("not loaded")));
  library.catch(() => (library = null));
  return library;
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") || canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

class SceneView {
  constructor(parent) {
    this.sent = {};
    this.perspective = false;
    this.hidden = new Set();
    this.picked = []; // atoms as [site, i, j, k], to mark them in the next scene too
    this.root = parent.querySelector(".view");
    this.stage = this.root.querySelector(".stage");
    this.layers = this.root.querySelector(".layers");
    this.status = this.root.querySelector(".status");
    this.film = this.root.querySelector(".film");
    this.slider = this.film.querySelector("input");
    this.slider.oninput = () => {
      this.pause();
      this.turnTo(this.slider.valueAsNumber);
    };
    this.film.querySelector("button").onclick = () => (this.playing ? this.pause() : this.play());
    this.tools = {};
    for (const button of this.root.querySelectorAll(".tools button")) {
      this.tools[button.name] = button;
      button.onclick = () => this[button.name](button);
    }
    this.hint = this.root.querySelector(".hint");
    this.stage.onkeydown = (event) => this.key(event);
    this.shareGestures();
  }

  // The wheel and one finger belong to the page until the view has focus: 3Dmol, which listens on
  // its canvas below, does not hear of them before. A click counts as a wish for focus; 3Dmol keeps
  // the browser from giving it.
  shareGestures() {
    const { stage } = this;
    const keepFrom3Dmol = (event) => {
      if (!this.isEntered() && !(event.touches?.length > 1)) event.stopPropagation();
    };
    for (const kind of ["wheel", "touchstart", "touchmove"]) {
      stage.addEventListener(kind, keepFrom3Dmol, { capture: true, passive: true });
    }
    stage.addEventListener("click", () => stage.focus({ preventScroll: true }));
    const tellHint = () => (this.hint.textContent = this.isEntered() ? LEAVE : ENTER);
    stage.addEventListener("focus", tellHint);
    stage.addEventListener("blur", tellHint);
    tellHint();
  }

  isEntered() {
    return this.stage.matches(":focus") || this.root.matches(":fullscreen");
  }

  tell(name, value) {
    if (JSON.stringify(this.sent[name]) === JSON.stringify(value)) return;
    this.sent[name] = value;
    this.setStateValue(name, value);
  }

  async update({ height, libraries, labels }, scenes) {
    this.film.hidden = scenes.length < 2;
    this.slider.max = scenes.length - 1;
    if (String(this.labels) !== String(labels)) { // another film begins at its start
      this.pause();
      this.slider.value = 0;
    }
    Object.assign(this, { scenes, labels });
    this.stage.style.height = `${height}px`;
    if (!this.viewer && !(await this.open(libraries))) return;
    this.turnTo(this.slider.valueAsNumber);
  }

  async open(libraries) {
    if (!hasWebGL()) return this.fail("webgl");
    try {
      const address = await loadLibrary(libraries);
      if (address !== libraries[0]) this.tell("library", "remote");
    } catch {
      return this.fail("library");
    }
    if (this.closed) return false;
    this.viewer ??= window.$3Dmol.createViewer(this.stage, {});
    this.viewer.setProjection("orthographic");
    Object.assign(this.stage, { viewer: this.viewer, scene: this }); // for tests
    return true;
  }

  fail(missing) {
    this.root.dataset.missing = missing;
    this.tell("missing", missing);
    return false;
  }

  close() {
    this.closed = true;
    this.pause();
    this.viewer?.spin(false);
    const context = this.viewer?.getCanvas().getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }

  // --- a film: several scenes, one after the other ---

  turnTo(number) {
    this.wanted = this.scenes[number];
    this.slider.value = number;
    const label = this.labels?.[number] ?? "";
    this.slider.setAttribute("aria-valuetext", label);
    this.film.querySelector("output").textContent = label;
    if (this.viewer) this.show();
  }

  play() {
    const last = this.scenes.length - 1;
    if (this.slider.valueAsNumber >= last) this.turnTo(0);
    this.film.querySelector("button").textContent = "Pause";
    this.playing = setInterval(() => {
      this.turnTo(this.slider.valueAsNumber + 1);
      if (this.slider.valueAsNumber >= last) this.pause();
    }, PAUSE);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = null;
    this.film.querySelector("button").textContent = "Play";
  }

  show() {
    const background = getComputedStyle(this.root).getPropertyValue("--st-background-color");
    if (this.scene === this.wanted && this.background === background) return;
    this.background = background;
    this.viewer.setBackgroundColor(background.trim() || "white", 1);
    if (this.scene !== this.wanted) {
      this.scene = this.wanted;
      this.content = JSON.parse(this.scene);
      if (this.frame !== this.content.frame) this.picked = [];
      this.stage.setAttribute("aria-label", this.content.text);
      this.offerLayers();
    }
    this.draw();
  }

  offerLayers() {
    const offered = this.content.layers.map(({ name, label, colour, mark }) =>
      [name, label, colour, mark].join());
    if (String(offered) === this.offered) return; // so that a film does not lose a click on them
    this.offered = String(offered);
    const buttons = this.content.layers.map((layer) => {
      const button = element("button", "", layer.label);
      const mark = element("span", `mark ${layer.mark}`);
      mark.style.background = layer.background;
      mark.style.borderColor = layer.colour;
      button.type = "button";
      button.title = "Show or hide";
      button.prepend(mark);
      button.setAttribute("aria-pressed", !this.hidden.has(layer.name));
      button.onclick = () => {
        if (!this.hidden.delete(layer.name)) this.hidden.add(layer.name);
        button.setAttribute("aria-pressed", !this.hidden.has(layer.name));
        this.draw();
      };
      return button;
    });
    const focused = [...this.layers.children].indexOf(this.layers.getRootNode().activeElement);
    this.layers.replaceChildren(...buttons);
    buttons[focused]?.focus();
  }

  draw() {
    const { viewer, content } = this;
    viewer.removeAllModels();
    viewer.removeAllShapes();
    viewer.removeAllLabels();
    for (const layer of content.layers) {
      if (!this.hidden.has(layer.name)) this.drawLayer(layer);
    }
    this.drawPicked();
    viewer.setSlab(-2 * content.radius, 2 * content.radius);
    if (this.frame !== content.frame) this.reset();
    viewer.render();
    this.stage.dataset.drawn = Number(this.stage.dataset.drawn ?? 0) + 1;
  }

  drawLayer(layer) {
    layer.models.forEach((model) => this.drawModel(model, layer.atoms));
    layer.meshes.forEach((mesh) => this.drawMesh(mesh));
    layer.signs.forEach((sign) => this.viewer.addLabel(...sign));
  }

  drawModel({ positions, styles, style, bonds }, atoms) {
    const drawn = positions.map(([x, y, z], i) => ({
      x, y, z, elem: "X", style: styles[style[i]], bonds: [],
    }));
    for (const [first, second] of bonds) {
      drawn[first].bonds.push(second);
      drawn[second].bonds.push(first);
    }
    const model = this.viewer.addModel();
    model.addAtoms(drawn);
    if (!atoms) return;
    model.setClickable({}, true, ({ index }) => this.pick(this.content.atoms[atoms[index]]));
  }

  drawMesh({ vertices, triangles, shifts, opacity, colour: color }) {
    if (!triangles.length) return;
    const copies = shifts.map(([dx, dy, dz]) => {
      const vertexArr = [];
      for (let i = 0; i < vertices.length; i += 3) {
        vertexArr.push({ x: vertices[i] + dx, y: vertices[i + 1] + dy, z: vertices[i + 2] + dz });
      }
      return vertexArr;
    });
    const draw = (vertexArr, faceArr) =>
      this.viewer.addCustom({ vertexArr, faceArr, color, opacity, side: BOTH_SIDES });
    if (opacity < 1) return copies.forEach((copy) => draw(copy, triangles)); // sorted by depth
    const step = vertices.length / 3;
    draw(copies.flat(), copies.flatMap((_, copy) => triangles.map((one) => one + copy * step)));
  }

  // --- picked atoms ---

  pick(atom) {
    const identity = atom.slice(0, 4);
    const same = (other) => String(other) === String(identity);
    if (this.picked.some(same)) this.picked = this.picked.filter((other) => !same(other));
    else this.picked = [...this.picked.slice(-1), identity];
    this.draw();
    this.tell("picked", { frame: this.content.frame, atoms: this.picked });
  }

  drawPicked() {
    const byIdentity = new Map(this.content.atoms.map((atom) => [String(atom.slice(0, 4)), atom]));
    const atoms = this.picked.map((identity) => byIdentity.get(String(identity))).filter(Boolean);
    const positions = atoms.map(([, , , , x, y, z]) => ({ x, y, z }));
    for (const center of positions) {
      this.viewer.addSphere({ center, radius: 0.55, color: PICKED, opacity: 0.45 });
    }
    this.status.textContent = atoms.map(([site]) => this.content.labels[site]).join(" – ") || HINT;
    if (positions.length === 2) this.drawDistance(...positions);
  }

  drawDistance(start, end) {
    const distance = Math.hypot(end.x - start.x, end.y - start.y, end.z - start.z);
    const text = `${distance.toFixed(3)} Å`;
    const middle = (axis) => (start[axis] + end[axis]) / 2;
    const position = { x: middle("x"), y: middle("y"), z: middle("z") };
    this.viewer.addCylinder({ start, end, radius: 0.04, color: PICKED, dashed: true });
    this.viewer.addLabel(text, {
      position, inFront: true, fontSize: 14, fontColor: "white", backgroundColor: "black",
      backgroundOpacity: 0.75, alignment: "center",
    });
    this.status.textContent += `: ${text}`;
  }

  // --- the tools, by the names of their buttons ---

  projection(button) {
    const before = this.slope();
    this.perspective = !this.perspective;
    button.setAttribute("aria-pressed", this.perspective);
    this.viewer.setProjection(this.perspective ? "perspective" : "orthographic");
    const view = this.viewer.getView();
    view[3] = CAMERA_Z - ((CAMERA_Z - view[3]) * before) / this.slope(); // as large as before
    this.viewer.setView(view);
    this.viewer.render();
  }

  // Half the height (Å) that is seen at a distance of 1 Å. Without perspective 3Dmol takes the whole
  // angle from the middle to the side.
  slope() {
    return this.perspective ? Math.tan(VIEW_ANGLE / 2) : Math.tan(VIEW_ANGLE) / this.aspect();
  }

  aspect() {
    return this.stage.clientWidth / this.stage.clientHeight || 1;
  }

  spin(button) {
    const spins = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", spins);
    this.viewer.spin(spins ? "vy" : false, 0.5);
  }

  reset() {
    const { half: [width, height], turn, frame } = this.content;
    const distance = Math.max(height, width / this.aspect()) / this.slope();
    this.viewer.setView([0, 0, 0, CAMERA_Z - distance, ...turn]);
    this.frame = frame;
  }

  picture() {
    const link = document.createElement("a");
    link.href = this.viewer.pngURI();
    link.download = this.content.file;
    link.click();
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen();
  }

  key(event) {
    const turns = {
      ArrowLeft: [-STEP, "vy"], ArrowRight: [STEP, "vy"], ArrowUp: [-STEP, "vx"],
      ArrowDown: [STEP, "vx"],
    };
    const zooms = { "+": 1.1, "-": 1 / 1.1 };
    if (!this.viewer) return;
    if (turns[event.key]) this.viewer.rotate(...turns[event.key]);
    else if (zooms[event.key]) this.viewer.zoom(zooms[event.key]);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    this.viewer.render();
  }

  leave() {
    this.stage.blur();
    if (!this.picked.length) return;
    this.picked = [];
    this.draw();
    this.tell("picked", null);
  }
}
