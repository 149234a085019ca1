// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>The argument of <see cref="Instruction.Doorbell"/>. Append-only.</summary>
public enum Device : byte
{
    /// <summary>The console rings in the register page.</summary>
    Console = 0,

    /// <summary>The network interface.</summary>
    Nic = 1,

    /// <summary>The disks.</summary>
    Disk = 2,

    /// <summary>The control device of the supervisor VM.</summary>
    Control = 3,
}
