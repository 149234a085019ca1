// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Machines;

/// <summary>Where a VM is in its life.</summary>
public enum MachineState : byte
{
    /// <summary>The record is not in use.</summary>
    Free,

    /// <summary>It is being set up.</summary>
    Created,

    /// <summary>It can run and waits for its worker.</summary>
    Runnable,

    /// <summary>It is on its way to another worker.</summary>
    Moving,

    /// <summary>Its worker runs it.</summary>
    Running,

    /// <summary>It issued the idle instruction and waits for an interrupt or its deadline.</summary>
    Idle,

    /// <summary>It ended; its memory is being given back.</summary>
    Ended,
}
