// The presentation in the browser: all slides are there at once and one of them is visible, so that a change asks nobody.
// New content waits until the next change. The show and the presenter's window talk over a channel of their own.

const shows = new WeakMap();
const CHANNEL = "trinh-chieu";
const SHOWN_MS = 3000;

function element(tag, name, inside = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  return Object.assign(made, inside);
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((n) => String(n).padStart(2, "0")).join(":");
}

class Show {
  constructor(root) {
    this.root = root;
    this.at = 0;
    this.playing = false;
    this.dark = false;
    this.timers = new Set();
    this.began = Date.now();
    this.dialog = element("dialog");
    this.dialog.setAttribute("aria-modal", "true");
    this.stage = element("div", "stage");
    this.dialog.append(this.stage);
    root.append(this.dialog);
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = (event) => this.hear(event.data);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey, true);
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  get first() { return !this.data; }

  take(data) {
    if (this.first) {
      this.data = data;
      this.presenter = data.role === "presenter";
      const asked = Number(new URL(window.location.href).searchParams.get("slide"));
      this.at = asked >= 1 ? Math.min(asked, data.slides.length) - 1 : 0;
      this.playing = data.autoplay;
      this.build();
      this.dialog.showModal();
      this.dialog.focus();
      this.show(this.at);
      if (this.presenter) this.tell({ kind: "hello" });
      if (data.complaint) this.toast(data.complaint);
      return;
    }
    if (data.version === this.data.version) { this.pending = null; return; }
    this.pending = data;
    // A reader who chose another theme, language or playlist waits for it; a new build waits for the next change.
    if (data.choice !== this.data.choice) this.show(this.at);
  }

  // ---- What stands on the screen -------------------------------------------------------------------------------------

  build() {
    const words = this.data.words;
    // Taken apart, so that a reference to one old slide somewhere in the browser does not keep all of them.
    this.frame?.querySelectorAll("*").forEach((one) => one.remove());
    this.dialog.className = this.data.theme;
    this.dialog.lang = this.data.lang;
    this.dialog.setAttribute("aria-label", this.data.title);
    this.said = element("div", "said");
    this.said.setAttribute("aria-live", "polite");
    this.help = this.helpPanel(words);
    if (this.presenter) this.buildPresenter(words);
    else this.buildHall();
    this.bar = this.buttons(words);
    this.stage.replaceChildren(...(this.presenter ? [this.board] : [this.frame, this.black]), this.bar, this.help, this.said);
  }

  buildHall() {
    this.frame = element("div", "frame");
    this.number = element("div", "number");
    this.line = element("div", "line");
    this.black = element("div", this.dark ? "black on" : "black");
    this.frame.innerHTML = this.data.slides.map((slide) => slide.html).join("");
    this.slides = [...this.frame.children];
    this.frame.append(this.number);
    this.frame.append(this.line);
    this.stage.onpointermove = (event) => { if (event.pointerType === "mouse") this.reveal(); };
    this.stage.onpointerdown = (event) => { this.down = { x: event.clientX, y: event.clientY }; };
    this.stage.onpointerup = (event) => this.touched(event);
  }

  buildPresenter(words) {
    this.board = element("div", "presenter");
    const part = (name, title) => {
      const made = element("section", name);
      const holder = element("div", "holder");
      made.append(element("h2", "", { textContent: title }), holder);
      this.board.append(made);
      return holder;
    };
    this.now = part("now", words.now);
    this.next = part("next", words.next_slide);
    const clocks = element("div", "clocks");
    this.elapsed = element("b");
    this.time = element("b");
    this.place = element("b");
    const reset = element("button", "", { type: "button", textContent: words.reset });
    reset.onclick = () => { this.began = Date.now(); this.tick(); };
    clocks.append(words.elapsed, this.elapsed, reset, words.clock, this.time, this.place);
    this.now.parentElement.append(clocks);
    this.notes = element("section", "notes");
    this.notes.tabIndex = 0;
    this.notes.setAttribute("aria-label", words.notes);
    this.board.append(this.notes);
    clearInterval(this.ticking);
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  tick() {
    this.elapsed.textContent = clock((Date.now() - this.began) / 1000);
    this.time.textContent = new Date().toLocaleTimeString(this.data.lang, { hour: "2-digit", minute: "2-digit" });
  }

  buttons(words) {
    const bar = element("div", "bar");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", words.controls);
    const add = (name, sign, action) => {
      const button = element("button", "", { type: "button", textContent: sign });
      button.setAttribute("aria-label", words[name]);
      button.title = words[name];
      button.dataset.action = name;
      button.onclick = (event) => { event.stopPropagation(); action(); };
      bar.append(button);
      return button;
    };
    add("back", "◀", () => this.step(-1));
    this.pauseButton = add("pause", "❚❚", () => this.pause());
    add("next", "▶", () => this.step(1));
    add("black", "■", () => this.blacken());
    if (!this.presenter) {
      add("full", "⤢", () => this.full());
      add("presenter", "☰", () => this.openPresenter());
      add("theme", "◐", () => this.send({ theme: this.data.theme === "dark" ? "light" : "dark" }));
      add("language", this.data.lang === "vi" ? "EN" : "VI", () => this.send({ lang: this.data.lang === "vi" ? "en" : "vi" }));
    }
    add("help", "?", () => this.toggleHelp());
    add("leave", "✕", () => this.leave());
    if (this.presenter) bar.classList.add("on");
    bar.onpointerup = (event) => event.stopPropagation();
    bar.onpointerdown = (event) => event.stopPropagation();
    return bar;
  }

  helpPanel(words) {
    const panel = element("section", "help", { hidden: true });
    panel.tabIndex = -1;
    panel.setAttribute("aria-label", words.help);
    panel.append(element("h2", "", { textContent: words.help }));
    const list = element("dl");
    for (const [keys, meaning] of this.data.keys) {
      list.append(element("dt", "", { textContent: keys }), element("dd", "", { textContent: meaning }));
    }
    panel.append(list);
    if (this.data.playlists.length > 1 || this.data.bad.length) {
      panel.append(element("h3", "", { textContent: words.playlists }));
      const lists = element("div", "lists");
      for (const one of this.data.playlists) {
        const button = element("button", "", { type: "button", textContent: one.title });
        button.setAttribute("aria-pressed", String(one.name === this.data.playlist));
        button.onclick = () => { this.at = 0; this.send({ playlist: one.name }); };
        lists.append(button);
      }
      panel.append(lists);
      for (const text of this.data.bad) panel.append(element("p", "bad", { textContent: text }));
    }
    panel.onpointerup = (event) => event.stopPropagation();
    return panel;
  }

  // ---- Changing slides -----------------------------------------------------------------------------------------------

  show(index) {
    if (this.pending) {
      this.data = this.pending;
      this.pending = null;
      this.build();
    }
    const count = this.data.slides.length;
    this.at = Math.max(0, Math.min(index, count - 1));
    const slide = this.data.slides[this.at];
    if (this.presenter) this.showPresenter(slide);
    else {
      this.slides.forEach((one, n) => {
        one.classList.toggle("on", n === this.at);
        one.setAttribute("aria-hidden", String(n !== this.at));
      });
      this.number.textContent = `${this.at + 1}/${count}`;
    }
    this.said.textContent = slide.title;
    this.pauseButton.setAttribute("aria-pressed", String(this.playing));
    const address = new URL(window.location.href);
    address.searchParams.set("slide", String(this.at + 1));
    window.history.replaceState(window.history.state, "", address);
    this.wait();
    if (!this.presenter) this.tellState();
  }

  showPresenter(slide) {
    const after = this.data.slides[this.at + 1] || (this.data.loop ? this.data.slides[0] : null);
    this.now.innerHTML = slide.html;
    this.next.innerHTML = after ? after.html : "";
    this.place.textContent = `${this.at + 1}/${this.data.slides.length}`;
    const lines = [
      ...(slide.notes || this.data.words.no_notes).split("\n").map((text) => ["", text]),
      ...slide.definitions.map((text) => ["small", text]),
      ...(this.data.warning ? [["small", this.data.warning]] : []),
    ];
    this.notes.replaceChildren(...lines.map(([name, textContent]) => element("p", name, { textContent })));
  }

  step(by) {
    if (this.presenter) { this.tell({ kind: "step", by }); return; }
    const count = this.data.slides.length;
    const wanted = this.at + by;
    if (wanted >= count || wanted < 0) {
      if (!this.data.loop) { this.playing = this.playing && by < 0; this.show(this.at); return; }
      this.show((wanted + count) % count);
      return;
    }
    this.show(wanted);
  }

  wait() {
    clearTimeout(this.waiting);
    if (this.presenter) return;
    this.line.style.transition = "none";
    this.line.style.transform = "scaleX(0)";
    if (!this.playing || this.dark) return;
    const milliseconds = 1000 * this.data.slides[this.at].seconds;
    if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.line.getBoundingClientRect();
      this.line.style.transition = `transform ${milliseconds}ms linear`;
    }
    this.line.style.transform = "scaleX(1)";
    this.waiting = setTimeout(() => this.step(1), milliseconds);
  }

  pause() {
    if (this.presenter) { this.tell({ kind: "pause" }); return; }
    this.playing = !this.playing;
    this.show(this.at);
  }

  blacken() {
    if (this.presenter) { this.tell({ kind: "black" }); return; }
    this.dark = !this.dark;
    this.black.classList.toggle("on", this.dark);
    this.wait();
    this.tellState();
  }

  go(index) {
    if (this.presenter) this.tell({ kind: "go", index });
    else this.show(index);
  }

  // ---- Keys and fingers ----------------------------------------------------------------------------------------------

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (onButton && (name === " " || name === "Enter")) return;
    const actions = {
      ArrowRight: () => this.step(1), ArrowDown: () => this.step(1), PageDown: () => this.step(1), " ": () => this.step(1),
      ArrowLeft: () => this.step(-1), ArrowUp: () => this.step(-1), PageUp: () => this.step(-1),
      Home: () => this.go(0), End: () => this.go(this.data.slides.length - 1),
      p: () => this.pause(), b: () => this.blacken(), ".": () => this.blacken(), f: () => this.full(),
      s: () => this.openPresenter(), "?": () => this.toggleHelp(), t: () => this.send({ theme: this.data.theme === "dark" ? "light" : "dark" }),
      l: () => this.send({ lang: this.data.lang === "vi" ? "en" : "vi" }),
      Escape: () => (this.help.hidden ? this.leave() : this.toggleHelp()),
    };
    if (name === "Tab") this.reveal();
    const action = actions[name];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  touched(event) {
    if (!this.help.hidden) { this.toggleHelp(); return; }
    const start = this.down;
    this.down = null;
    if (!start) return;
    if (event.pointerType !== "mouse") this.reveal();
    const across = event.clientX - start.x;
    if (Math.abs(across) > 50 && Math.abs(across) > Math.abs(event.clientY - start.y)) this.step(across < 0 ? 1 : -1);
    else if (Math.abs(across) <= 50) this.step(event.clientX > window.innerWidth / 2 ? 1 : -1);
  }

  reveal() {
    this.bar.classList.add("on");
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.bar.classList.remove("on"), SHOWN_MS);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    (this.help.hidden ? this.dialog : this.help).focus();
  }

  toast(text) {
    const made = element("div", "toast", { textContent: text });
    made.setAttribute("role", "status");
    this.stage.append(made);
    const timer = setTimeout(() => { made.remove(); this.timers.delete(timer); }, 8000);
    this.timers.add(timer);
  }

  full() {
    if (document.fullscreenElement || this.root.fullscreenElement) document.exitFullscreen();
    else this.stage.requestFullscreen?.().catch(() => {});
  }

  leave() {
    if (this.presenter) { window.close(); return; }
    window.location.assign(this.data.back);
  }

  // ---- The other window ----------------------------------------------------------------------------------------------

  openPresenter() {
    if (this.presenter) return;
    const address = new URL(window.location.href);
    address.searchParams.set("vai", "nguoi-trinh-bay");
    window.open(address, CHANNEL, "popup,width=1280,height=720");
  }

  tell(message) { this.channel.postMessage({ ...message, playlist: this.data.playlist, from: this.presenter ? "presenter" : "hall" }); }

  tellState() { this.tell({ kind: "state", index: this.at, playing: this.playing, began: this.began }); }

  hear(message) {
    if (!this.data || message.playlist !== this.data.playlist) return;
    if (this.presenter && message.from === "hall" && message.kind === "state") {
      if (message.began !== this.heard) { this.heard = message.began; this.began = message.began; }
      this.playing = message.playing;
      this.show(message.index);
    }
    if (this.presenter || message.from !== "presenter") return;
    const actions = {
      hello: () => this.tellState(), step: () => this.step(message.by), pause: () => this.pause(),
      black: () => this.blacken(), go: () => this.show(message.index),
    };
    actions[message.kind]?.();
  }

  end() {
    clearTimeout(this.waiting);
    clearTimeout(this.hiding);
    clearInterval(this.ticking);
    this.timers.forEach(clearTimeout);
    document.removeEventListener("keydown", this.onKey, true);
    this.channel.close();
    this.dialog.remove();
  }
}

export default function presentation({ data, parentElement, setTriggerValue }) {
  let show = shows.get(parentElement);
  if (!show) {
    show = new Show(parentElement);
    shows.set(parentElement, show);
  }
  show.send = (choice) => setTriggerValue("choose", choice);
  show.take(data);
  return () => {
    show.end();
    shows.delete(parentElement);
  };
}
