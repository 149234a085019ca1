// SPDX-License-Identifier: MIT
using Xunit;

// Each test starts a process with two workers and a runtime: side by side, they would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
