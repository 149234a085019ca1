// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>Where things lie in a VM's one flat address space. All values are guest addresses or bytes.</summary>
/// <remarks>
/// Guest addresses are identity mapped from 0 to the memory size. The first 64 KiB stay unmapped, so that a null
/// dereference faults (and so that an engine without hardware virtualization can live above Linux's mmap_min_addr).
/// </remarks>
public static class AddressMap
{
    /// <summary>Bytes in a page, the unit of permissions.</summary>
    public const uint PageBytes = 4096;

    /// <summary>Bytes in a chunk, the unit in which memory is committed and charged when first touched.</summary>
    public const uint ChunkBytes = 64 * 1024;

    /// <summary>First mapped address: the register page (<see cref="RegisterPage"/>), readable and writable.</summary>
    public const ulong RegisterPageBase = 0x10000;

    /// <summary>The instruction page (<see cref="InstructionPage"/>), readable and executable.</summary>
    public const ulong InstructionPageBase = 0x11000;

    /// <summary>Boot arguments: read-only for the guest, one page.</summary>
    public const ulong ArgumentsBase = 0x12000;

    /// <summary>Longest boot argument block in bytes.</summary>
    public const uint ArgumentsMaxBytes = PageBytes;

    /// <summary>Lowest address that an image's segments may use.</summary>
    public const ulong ImageBase = 0x20000;

    /// <summary>Smallest memory size of a VM.</summary>
    public const ulong MemoryMinBytes = 1UL << 20;

    /// <summary>Largest memory size of a VM.</summary>
    public const ulong MemoryMaxBytes = 4UL << 30;

    /// <summary>Memory size of a VM whose image does not ask for another.</summary>
    public const ulong MemoryDefaultBytes = 16UL << 20;

    /// <summary>
    /// Where the kernel's own pages begin (page tables, descriptor tables, fault stubs): supervisor-only, far above
    /// any memory size, so that a guest access there is a fault.
    /// </summary>
    public const ulong MonitorBase = 0x2_0000_0000;
}
