// SPDX-License-Identifier: MIT
// Shows the facts of the VM that serves this page, once a second.
"use strict";

const formatBytes = (bytes) =>
    bytes >= 1 << 20 ? (bytes / (1 << 20)).toFixed(1) + " MiB" : Math.round(bytes / 1024) + " KiB";

const formatTime = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    return minutes < 1 ? seconds.toFixed(1) + " s" : minutes + " min " + Math.floor(seconds % 60) + " s";
};

const show = (name, value) => {
    document.querySelector(`[data-fact=${name}]`).textContent = value;
};

const note = (text) => {
    document.getElementById("note").textContent = text;
};

async function update() {
    try {
        const response = await fetch("/.denali/facts.json", { cache: "no-store" });
        const facts = await response.json();
        show("state", facts.state);
        show("requests", facts.requests);
        show("starts", facts.starts);
        if (facts.machine) {
            show("machine", facts.machine);
            show("addresses", facts.ipv4 + ", " + facts.ipv6);
            show("memory", formatBytes(facts.memoryBytes) + " of " + formatBytes(facts.memoryLimitBytes));
            show("uptime", formatTime(facts.uptimeSeconds));
            show("processor", (facts.processorSeconds * 1000).toFixed(1) + " ms");
        }
        note("");
    } catch {
        note("The ingress does not answer: has it been stopped?");
    }
}

for (const link of document.querySelectorAll("[data-site]")) {
    const port = location.port ? ":" + location.port : "";
    link.href = `${location.protocol}//${link.dataset.site}.localhost${port}/`;
}

update();
setInterval(update, 1000);
