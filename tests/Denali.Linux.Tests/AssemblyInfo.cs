// SPDX-License-Identifier: MIT
using Xunit;

// Signals, timers and the clock are tested on real threads: side by side, tests would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
