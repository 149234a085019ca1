// SPDX-License-Identifier: MIT
using Xunit;

// Each test starts servers and clients that take all cores: side by side, they would take each other's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
