// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>How a <see cref="DiskRequest"/> ended. Append-only.</summary>
public enum DiskStatus : uint
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>Unknown operation or disk, address outside memory, or range outside the disk.</summary>
    Invalid = 1,

    /// <summary>A write to a read-only disk.</summary>
    ReadOnly = 2,

    /// <summary>The host could not do it.</summary>
    InputOutput = 3,
}
