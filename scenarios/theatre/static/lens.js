// Finds clauses while one types; without it the list is simply whole.

const field = document.querySelector(".find");
const input = field.querySelector("input");
const chapters = [...document.querySelectorAll(".chapter")];
field.hidden = false;
input.addEventListener("input", () => {
  const wanted = input.value.trim().toLowerCase();
  for (const chapter of chapters) {
    let shown = 0;
    for (const row of chapter.querySelectorAll("tbody tr")) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    chapter.hidden = shown === 0;
  }
});
