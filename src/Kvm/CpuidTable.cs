// SPDX-License-Identifier: MIT
using System;
using Denali.Kvm.Interop;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>What guests see of the processor: what KVM supports, less what this engine does not switch.</summary>
internal sealed class CpuidTable
{
    private const uint ExtendedFeatures = 7;

    // Leaf 7: AVX-512 in all its parts and AMX need state that is not switched; protection keys need CR4.PKE.
    private const uint HiddenLeaf7Ebx = 0xDC23_0000;
    private const uint HiddenLeaf7Ecx = 0x0000_585A;
    private const uint HiddenLeaf7Edx = 0x03C0_010C;

    // Leaf 1: MONITOR, PDCM, x2APIC and the TSC-deadline timer are a PC's, not this architecture's.
    private const uint HiddenLeaf1Ecx = (1u << 3) | (1u << 15) | (1u << 21) | (1u << 24);

    private KvmCpuid2 _table;

    /// <summary>Asks KVM.</summary>
    /// <param name="system">The open device.</param>
    internal CpuidTable(FileDescriptor system)
    {
        _table.Nent = KvmCpuid2.MaxEntries;
        KvmCall.Request(system, "KVM_GET_SUPPORTED_CPUID", KvmIoctl.KVM_GET_SUPPORTED_CPUID, ref _table);
        for (int i = 0; i < Math.Min(_table.Nent, KvmCpuid2.MaxEntries); i++)
        {
            ref KvmCpuidEntry2 entry = ref _table.Entries[i];
            if (entry.Function == 1)
            {
                entry.Ecx &= ~HiddenLeaf1Ecx;
            }
            else if (entry.Function == ExtendedFeatures && entry.Index == 0)
            {
                entry.Ebx &= ~HiddenLeaf7Ebx;
                entry.Ecx &= ~HiddenLeaf7Ecx;
                entry.Edx &= ~HiddenLeaf7Edx;
            }
        }
    }

    internal void Apply(FileDescriptor processor) =>
        KvmCall.Request(processor, "KVM_SET_CPUID2", KvmIoctl.KVM_SET_CPUID2, ref _table);
}
