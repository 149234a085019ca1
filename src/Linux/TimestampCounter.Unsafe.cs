// SPDX-License-Identifier: MIT
using System;

namespace Denali.Linux;

/// <summary>Reads the processor's time stamp counter, for which .NET has no intrinsic.</summary>
public sealed unsafe class TimestampCounter
{
    // rdtsc; shl rdx, 32; or rax, rdx; ret
    private static ReadOnlySpan<byte> Code => [0x0F, 0x31, 0x48, 0xC1, 0xE2, 0x20, 0x48, 0x09, 0xD0, 0xC3];

    private readonly MappedRegion _region;
    private readonly delegate* unmanaged[SuppressGCTransition]<ulong> _read;

    /// <summary>Prepares the code.</summary>
    /// <exception cref="LinuxException">The host's policy forbids executable memory.</exception>
    public TimestampCounter()
    {
        _region = MappedRegion.MapAnonymous(4096);
        Code.CopyTo(_region.Slice(0, Code.Length));
        _region.MakeExecutable();

        // SAFETY: the region holds a complete function with this signature, and lives as long as this object.
        _read = (delegate* unmanaged[SuppressGCTransition]<ulong>)_region.Address;
    }

    /// <summary>Reads the counter.</summary>
    /// <returns>Its value.</returns>
    public ulong Read()
    {
        ulong value = _read();
        GC.KeepAlive(_region);
        return value;
    }
}
