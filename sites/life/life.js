// SPDX-License-Identifier: MIT
// The game of life on a torus.
"use strict";

const size = 8;
const canvas = document.getElementById("world");
const context = canvas.getContext("2d");
const columns = canvas.width / size;
const rows = canvas.height / size;
let cells = new Uint8Array(columns * rows);
let generation = 0;
let isRunning = true;

const at = (x, y) => ((y + rows) % rows) * columns + ((x + columns) % columns);

function scatter() {
    generation = 0;
    cells.forEach((_, i) => { cells[i] = Math.random() < 0.22 ? 1 : 0; });
}

function step() {
    const next = new Uint8Array(cells.length);
    for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
            let count = -cells[at(x, y)];
            for (let dy = -1; dy <= 1; dy++) {
                for (let dx = -1; dx <= 1; dx++) {
                    count += cells[at(x + dx, y + dy)];
                }
            }
            next[at(x, y)] = count === 3 || (count === 2 && cells[at(x, y)]) ? 1 : 0;
        }
    }
    cells = next;
    generation++;
}

function draw() {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#7fd1ae";
    cells.forEach((alive, i) => {
        if (alive) {
            context.fillRect((i % columns) * size, Math.floor(i / columns) * size, size - 1, size - 1);
        }
    });
    document.getElementById("count").textContent = "generation " + generation;
}

canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) {
        const box = canvas.getBoundingClientRect();
        const x = Math.floor((event.clientX - box.left) / box.width * columns);
        const y = Math.floor((event.clientY - box.top) / box.height * rows);
        cells[at(x, y)] = 1;
        draw();
    }
});

document.getElementById("run").addEventListener("click", (event) => {
    isRunning = !isRunning;
    event.target.textContent = isRunning ? "Pause" : "Run";
});

document.getElementById("again").addEventListener("click", () => { scatter(); draw(); });

scatter();
draw();
setInterval(() => { if (isRunning) { step(); draw(); } }, 80);
