// SPDX-License-Identifier: MIT
using Xunit;

// Servers, clients and VMs share two cores: side by side, they would take each other's time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
