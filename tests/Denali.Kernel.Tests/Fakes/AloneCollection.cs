// SPDX-License-Identifier: MIT
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Tests that measure the whole process: while one runs, no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "Alone";
}
