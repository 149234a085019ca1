// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What a thread is doing.</summary>
internal enum ThreadState : byte
{
    /// <summary>It could run, and waits in its priority's queue.</summary>
    Ready,

    /// <summary>It is the one that runs.</summary>
    Running,

    /// <summary>It waits for another thread, an interrupt or a time.</summary>
    Blocked,

    /// <summary>It has run to its end.</summary>
    Ended,
}
