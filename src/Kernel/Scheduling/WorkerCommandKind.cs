// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Scheduling;

/// <summary>Kinds of <see cref="WorkerCommand"/>.</summary>
internal enum WorkerCommandKind : byte
{
    /// <summary>Take over a VM and let it run.</summary>
    Adopt,

    /// <summary>Post interrupts to it.</summary>
    Interrupt,

    /// <summary>Feed its console.</summary>
    Input,

    /// <summary>Its observer can take console output again.</summary>
    ResumeConsole,

    /// <summary>A disk request is done, or its buffer comes back.</summary>
    DiskDone,

    /// <summary>Make a template of it when it idles.</summary>
    Capture,

    /// <summary>Copy the pages that are its own.</summary>
    ReadPages,

    /// <summary>Something is done with the swap file.</summary>
    SwapDone,

    /// <summary>Let it run once, although nothing happened.</summary>
    Wake,

    /// <summary>Park it if it idles.</summary>
    Park,

    /// <summary>Write it to the swap file if it idles.</summary>
    SwapOut,

    /// <summary>End it.</summary>
    Kill,
}
