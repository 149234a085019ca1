// SPDX-License-Identifier: MIT
using Xunit;

// Linux's TCP runs in real time, and so do the wires: side by side, tests would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
