// Adds a button that copies a block of code, in a place that is kept free for it. Without this script the block can be
// selected like any text.
const words = document.documentElement.lang.startsWith("zh") ? ["复制", "已复制"] : ["Copy", "Copied"];
if (navigator.clipboard) {
  for (const frame of document.querySelectorAll(".copied")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = words[0];
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(frame.querySelector("pre").textContent);
      button.textContent = words[1];
      setTimeout(() => { button.textContent = words[0]; }, 2000);
    });
    frame.append(button);
  }
}
