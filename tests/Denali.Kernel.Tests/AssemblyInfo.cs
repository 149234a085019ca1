// SPDX-License-Identifier: MIT
using Xunit;

// Workers, timers and clocks are tested on real threads: side by side, tests would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
