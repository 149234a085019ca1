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

    /// <summary>End it.</summary>
    Kill,
}
