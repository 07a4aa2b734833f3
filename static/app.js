// What the pages can't do with HTML and htmx alone. Everything here is an addition: with scripts off, forms post,
// links lead on and <details> open. Handlers sit on `document`, so that swapped-in content needs no set-up.
(() => {
  "use strict";

  const announcer = () => document.getElementById("announcer");
  const problem = () => document.getElementById("problem");

  // ---- Live fragments: what the reader has typed, opened or chosen survives a swap -------------------------------

  const edited = new WeakSet(); // controls the reader has changed and not yet sent
  let sender = null; // the form whose own answer is being swapped in

  const control = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.closest("select, input, textarea") : null);

  const keepsValue = (node) => {
    const field = control(node);
    if (!field || (sender && sender.contains(field))) return false;
    return edited.has(field) || field === document.activeElement;
  };

  const markEdited = (field) => {
    edited.add(field);
    // Setting another radio button of the group would clear this one.
    if (field.type === "radio") document.getElementsByName(field.name).forEach((radio) => edited.add(radio));
  };

  document.addEventListener("input", (event) => markEdited(event.target));
  document.addEventListener("reset", (event) => [...event.target.elements].forEach((field) => edited.delete(field)));

  Object.assign(Idiomorph.defaults.callbacks, {
    beforeAttributeUpdated(name, node) {
      if (name === "open" && node.matches("details, dialog")) return false;
      if (name === "value" || name === "checked" || name === "selected") return !keepsValue(node);
      return true;
    },
    // A textarea's text is a child node, not an attribute. `data-keep` marks what was fetched because the reader
    // opened it: the page's own answer knows nothing of it.
    beforeNodeMorphed(node) {
      if (node.dataset?.keep !== undefined) return false;
      const isText = node.nodeType === Node.TEXT_NODE && node.parentNode.matches("textarea");
      return !(isText && keepsValue(node.parentNode));
    },
  });

  // ---- Answers of the server -------------------------------------------------------------------------------------

  const offlineMessage = () => document.getElementById("offline-message").innerHTML;
  const path = (url) => new URL(url, location.href).pathname;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig, target } = event.detail;
    sender = null;

    // A redirect to another page (signed out meanwhile, say) must not end up inside a fragment.
    const wholePage = /^\s*<!doctype/i.test(xhr.responseText);
    if (wholePage && xhr.responseURL && path(xhr.responseURL) !== path(requestConfig.path)) {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
      return;
    }
    if (target !== problem()) {
      if (requestConfig.verb !== "get") sender = requestConfig.elt.closest("form");
      return;
    }
    problem().dataset.path = requestConfig.path;
    // A proxy's own error page isn't fit to be shown; ours carries a mark.
    if (wholePage || !xhr.responseText.includes("data-problem")) event.detail.serverResponse = offlineMessage();
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (sender) [...sender.elements].forEach((field) => edited.delete(field));
    sender = null;
    refreshTitle();
    refreshTimes();
    announceChanges();
  });

  // A live page's name in the browser's tab says how far it is.
  const refreshTitle = () => {
    const live = document.querySelector("[data-title]");
    if (live) document.title = live.dataset.title;
  };

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (problem().dataset.path) return; // said already
      problem().dataset.path = event.detail.requestConfig.path;
      problem().innerHTML = offlineMessage();
    });
  }

  // What failed works again: take the message away.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || problem().dataset.path !== event.detail.requestConfig.path) return;
    delete problem().dataset.path;
    problem().replaceChildren();
  });

  // ---- Announcements ---------------------------------------------------------------------------------------------
  // `data-announce="text"`, or `data-announce` alone for the element's own text. Needs an id, to know it again.

  const announced = new Map();

  const changedTexts = () =>
    [...document.querySelectorAll("[data-announce][id]")].flatMap((element) => {
      const text = (element.dataset.announce || element.textContent).replace(/\s+/g, " ").trim();
      if (announced.get(element.id) === text) return [];
      announced.set(element.id, text);
      return [text];
    });

  const announce = (text) => {
    announcer().textContent = text;
  };

  const announceChanges = () => {
    const texts = changedTexts();
    if (texts.length) announce(texts.join(" "));
  };

  // ---- Relative times --------------------------------------------------------------------------------------------
  // The same words as the `relative` filter in portal/web/filters.py, so that a swap doesn't make them flicker.

  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

  const relative = (seconds) => {
    const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) || [];
    if (!unit) return seconds > -30 ? "just now" : "in a moment";
    const count = Math.floor(Math.abs(seconds) / size);
    const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
    return seconds > 0 ? `${words} ago` : `in ${words}`;
  };

  const refreshTimes = () => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      const text = relative((Date.now() - Date.parse(element.dateTime)) / 1000);
      if (element.textContent !== text) element.textContent = text;
    }
  };

  // ---- Theme, menus, messages, copying ---------------------------------------------------------------------------

  const themes = { auto: "light", light: "dark", dark: "auto" };

  const nextTheme = () => {
    const choice = themes[document.documentElement.dataset.theme];
    portalTheme.choose(choice);
    announce(choice === "auto" ? "Theme follows the system" : `Theme: ${choice}`);
  };

  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    // The clipboard interface exists on HTTPS and localhost only; a portal in a plain network has the older way.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
    else document.execCommand("copy");
    announce("Copied");
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("[data-theme-switch]")) nextTheme();
    if (button?.matches("[data-dismiss]")) button.closest(".alert").remove();
    if (button?.matches("[data-copy]")) copy(button);
    if (button?.matches("[data-cancel-upload]")) uploads.get(button.form)?.abort();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // ---- Parts that are folded away ---------------------------------------------------------------------------------

  // A link to what is within unfolds it; so do files that are dragged over the page, if they can be dropped there.
  const unfold = (hash) => {
    const fold = hash && document.getElementById(hash.slice(1))?.closest("details.fold");
    if (fold) fold.open = true;
  };

  document.addEventListener("click", (event) => unfold(event.target.closest?.("a[href^='#']")?.hash));

  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    document.querySelectorAll("details.fold:has(.drop-zone)").forEach((fold) => { fold.open = true; });
  });

  // ---- Editing a row in its place ---------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.closest?.("form[data-edit]")?.querySelector("[data-leave]").click();
  });

  // ---- Uploads ---------------------------------------------------------------------------------------------------
  // XMLHttpRequest, because fetch can't report how much has been sent.

  const uploads = new Map(); // form -> its request

  const chosenFiles = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);

  const sizeOf = (files) => files.reduce((size, file) => size + file.size, 0);

  // What the server would say only after all was sent; "" where nothing is wrong.
  const refusal = (form) => {
    const files = chosenFiles(form);
    const { maxBytes, maxFiles } = form.querySelector("input[type=file]").dataset;
    if (files.length > Number(maxFiles || Infinity)) return `At most ${maxFiles} files can be uploaded at once.`;
    const larger = files.find((file) => file.size > Number(maxBytes || Infinity));
    if (larger) return files.length > 1 ? `${larger.name} is larger than the portal accepts.` : "This file is larger than the portal accepts.";
    if (form.dataset.uploadBatch) return "";
    return sizeOf(files) > Number(maxBytes || Infinity) ? "Together the files are larger than the portal accepts at once. Upload them in several goes." : "";
  };

  const part = (form, name) => form.querySelector(`[data-upload-${name}]`);

  const checking = (form) => `Uploaded. Checking the file${chosenFiles(form).length > 1 ? "s" : ""}…`;

  // Several files are listed, each with how far it is.
  const listFiles = (form) => {
    const list = part(form, "files");
    if (!list) return;
    const files = chosenFiles(form);
    list.hidden = files.length < 2;
    list.replaceChildren(...(list.hidden ? [] : files).map((file) => {
      const [item, name, bar] = ["li", "bdi", "progress"].map((tag) => document.createElement(tag));
      name.textContent = file.name;
      bar.max = file.size || 1;
      bar.value = 0;
      bar.hidden = true;
      bar.setAttribute("aria-label", file.name);
      item.append(name, bar);
      return item;
    }));
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-upload] input[type=file]")) listFiles(event.target.form);
  });

  // They are sent one after the other, so what was sent tells how far each is.
  const showEach = (form, share) => {
    const bars = [...(part(form, "files")?.querySelectorAll("progress") || [])];
    let sent = share * bars.reduce((size, bar) => size + bar.max, 0);
    for (const bar of bars) {
      bar.hidden = false;
      bar.value = Math.max(0, Math.min(sent, bar.max));
      sent -= bar.max;
    }
  };

  const showProgress = (form, loaded, total) => {
    showEach(form, loaded / total);
    const percent = Math.floor((100 * loaded) / total);
    const bar = part(form, "bar");
    if (percent < 100) bar.value = percent;
    else bar.removeAttribute("value"); // all sent; the server is at work
    part(form, "text").textContent = percent < 100 ? `Uploading: ${percent} %` : checking(form);
  };

  const setBusy = (form, busy) => {
    part(form, "status").hidden = !busy;
    form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = busy; });
    if (!busy) uploads.delete(form);
  };

  const failUpload = (form, text) => {
    setBusy(form, false);
    listFiles(form);
    part(form, "error").textContent = text;
    part(form, "error").hidden = false;
  };

  // The request has followed the redirect already, and asking for the page again would lose its messages:
  // so the page that came back is shown as it is.
  let replaced = false;

  const showPage = (request) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status < 400 && request.responseURL !== location.href) {
      history.pushState(null, "", request.responseURL);
      replaced = true;
    }
    document.title = page.title;
    document.body.replaceWith(page.body);
    htmx.process(document.body);
    scrollTo(0, 0);
    document.getElementById("main").focus();
    changedTexts();
    refreshTitle();
    refreshTimes();
  };

  const finishUpload = (form, request) => {
    setBusy(form, false);
    if (/<main\b/.test(request.responseText)) return showPage(request);
    problem().innerHTML = request.responseText.includes("data-problem") ? request.responseText : offlineMessage();
    return problem().scrollIntoView();
  };

  // All files go together, unless the form says how many may (`data-upload-batch`): then in as many requests as it takes.
  const batchesOf = (form) => {
    const most = Number(form.dataset.uploadBatch || Infinity);
    const mostBytes = Number(form.querySelector("input[type=file]").dataset.maxBytes || Infinity);
    const batches = [[]];
    for (const file of chosenFiles(form)) {
      const last = batches.at(-1);
      const isFull = last.length >= most || sizeOf(last) + file.size > mostBytes;
      if (isFull && last.length && form.dataset.uploadBatch) batches.push([file]);
      else last.push(file);
    }
    return batches;
  };

  // Of several requests each but the last says that more follow, and brings no page.
  const bodyOf = (form, fields, batches, index) => {
    if (batches.length === 1) return fields;
    const body = new FormData();
    for (const [name, value] of fields) if (!(value instanceof File)) body.append(name, value);
    for (const file of batches[index]) body.append(form.querySelector("input[type=file]").name, file);
    if (index < batches.length - 1) body.append("more", "1");
    return body;
  };

  const sendBatch = (form, fields, batches, index) => {
    const request = new XMLHttpRequest();
    const [size, before] = [sizeOf(batches[index]), sizeOf(batches.slice(0, index).flat())];
    const kept = index ? "What was sent before is kept." : "Nothing was kept.";
    uploads.set(form, request);
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) showProgress(form, before + (size * loaded) / total, sizeOf(batches.flat()) || 1);
    };
    request.onload = () => {
      if (request.status === 204) sendBatch(form, fields, batches, index + 1);
      else finishUpload(form, request);
    };
    request.onabort = () => failUpload(form, `The upload was cancelled. ${kept}`);
    request.onerror = () => failUpload(form, `The upload was cut off. ${index ? `${kept} ` : ""}Check the connection and the file’s size, then try again.`);
    request.open("POST", form.action);
    request.send(bodyOf(form, fields, batches, index));
  };

  const startUpload = (form, submitter) => {
    const fields = new FormData(form, submitter); // before the buttons are disabled: a disabled one isn't sent
    setBusy(form, true);
    part(form, "error").hidden = true;
    showProgress(form, 0, 1);
    announce("Upload started");
    sendBatch(form, fields, batchesOf(form), 0);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]")) return;
    event.preventDefault();
    if (uploads.has(form)) return; // a second press while the first is under way
    const wrong = refusal(form);
    if (wrong) failUpload(form, wrong);
    else startUpload(form, event.submitter);
  });

  addEventListener("popstate", () => replaced && location.reload());

  // A browser takes a folder for a file, and then fails to read it.
  document.addEventListener("drop", (event) => {
    const form = event.target.closest?.(".drop-zone")?.closest("form");
    if (!form || ![...event.dataTransfer.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) return;
    event.preventDefault();
    failUpload(form, "A folder can’t be uploaded. Open it, and drop the files that are in it.");
  });

  for (const [name, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.(".drop-zone");
      if (zone) zone.classList.toggle("drop-zone-over", over);
    });
  }

  unfold(location.hash);
  changedTexts(); // what stands on the page at first isn't news
  refreshTitle();
  refreshTimes();
  setInterval(refreshTimes, 10000);
})();
