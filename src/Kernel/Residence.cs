// SPDX-License-Identifier: MIT
namespace Denali.Kernel;

/// <summary>Where a VM's memory is.</summary>
public enum Residence : byte
{
    /// <summary>In an execution slot.</summary>
    Bound,

    /// <summary>In the machine's memory, compressed; or it is that of its base, because it never ran.</summary>
    Parked,

    /// <summary>In the swap file.</summary>
    Swapped,
}
