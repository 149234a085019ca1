// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>What ILC keeps in front of the statics of a class that has a static constructor.</summary>
internal struct StaticClassConstructionContext
{
#pragma warning disable CS0649
    // The address of the static constructor; 0 once it has run.
    internal nint cctorMethodAddress;
#pragma warning restore CS0649
}
