// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>Where a VM's memory is.</summary>
public enum MachineResidence
{
    /// <summary>In an execution slot: it runs, or could at once.</summary>
    Bound,

    /// <summary>Compressed in RAM.</summary>
    Parked,

    /// <summary>In the swap file.</summary>
    Swapped,
}
