// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>A descriptor that <see cref="Posix.Poll"/> watches.</summary>
public struct PollEntry
{
    /// <summary>The descriptor; a negative one is left out.</summary>
    public int Descriptor;

    /// <summary>What to wait for.</summary>
    public PollEvents Events;

    /// <summary>What it is ready for.</summary>
    public PollEvents Returned;
}
