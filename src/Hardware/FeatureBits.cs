// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>What this VM has, in <see cref="RegisterPage.Features"/>. A device whose bit is clear is absent.</summary>
[System.Flags]
public enum FeatureBits : ulong
{
    /// <summary>Only the processor, memory, clock and timer.</summary>
    None = 0,

    /// <summary>The console rings in the register page are served.</summary>
    Console = 1UL << 0,

    /// <summary>A network interface is attached.</summary>
    Nic = 1UL << 1,

    /// <summary>At least one disk is attached; see <see cref="RegisterPage.DiskCount"/>.</summary>
    Disk = 1UL << 2,

    /// <summary>This is the supervisor VM: the control device is attached.</summary>
    Control = 1UL << 3,
}
