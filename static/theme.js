// Loaded in <head> before the style sheets and without `defer`, so that the page is never painted in the wrong theme.
// The reader's choice is "light", "dark" or nothing (follow the system).
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage may be switched off
    }
  };

  const apply = (choice) => {
    const dark = choice === "dark" || (choice === "auto" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    root.dataset.theme = choice;
  };

  window.portalTheme = {
    choose(choice) {
      try {
        localStorage.setItem("theme", choice);
      } catch { /* the choice then lasts for this page only */ }
      apply(choice);
    },
  };

  root.classList.add("js"); // shows what works only with scripts
  apply(stored());
  system.addEventListener("change", () => apply(stored()));
})();
