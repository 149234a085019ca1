// SPDX-License-Identifier: MIT
using Xunit;

// Tests share two cores and measure time: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
