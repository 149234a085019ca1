// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Denali.Kvm.Interop;

/// <summary><c>struct kvm_userspace_memory_region</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmUserspaceMemoryRegion
{
    internal const int SizeOf = 32;

    [FieldOffset(0)] internal uint Slot;
    [FieldOffset(4)] internal uint Flags;
    [FieldOffset(8)] internal ulong GuestPhysAddr;
    [FieldOffset(16)] internal ulong MemorySize;
    [FieldOffset(24)] internal ulong UserspaceAddr;
}

/// <summary><c>struct kvm_regs</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmRegs
{
    internal const int SizeOf = 144;

    [FieldOffset(0)] internal ulong Rax;
    [FieldOffset(8)] internal ulong Rbx;
    [FieldOffset(16)] internal ulong Rcx;
    [FieldOffset(24)] internal ulong Rdx;
    [FieldOffset(32)] internal ulong Rsi;
    [FieldOffset(40)] internal ulong Rdi;
    [FieldOffset(48)] internal ulong Rsp;
    [FieldOffset(56)] internal ulong Rbp;
    [FieldOffset(64)] internal ulong R8;
    [FieldOffset(72)] internal ulong R9;
    [FieldOffset(80)] internal ulong R10;
    [FieldOffset(88)] internal ulong R11;
    [FieldOffset(96)] internal ulong R12;
    [FieldOffset(104)] internal ulong R13;
    [FieldOffset(112)] internal ulong R14;
    [FieldOffset(120)] internal ulong R15;
    [FieldOffset(128)] internal ulong Rip;
    [FieldOffset(136)] internal ulong Rflags;
}

/// <summary><c>struct kvm_segment</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmSegment
{
    internal const int SizeOf = 24;

    [FieldOffset(0)] internal ulong Base;
    [FieldOffset(8)] internal uint Limit;
    [FieldOffset(12)] internal ushort Selector;
    [FieldOffset(14)] internal byte Type;
    [FieldOffset(15)] internal byte Present;
    [FieldOffset(16)] internal byte Dpl;
    [FieldOffset(17)] internal byte Db;
    [FieldOffset(18)] internal byte S;
    [FieldOffset(19)] internal byte L;
    [FieldOffset(20)] internal byte G;
    [FieldOffset(21)] internal byte Avl;
    [FieldOffset(22)] internal byte Unusable;
}

/// <summary><c>struct kvm_dtable</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmDtable
{
    internal const int SizeOf = 16;

    [FieldOffset(0)] internal ulong Base;
    [FieldOffset(8)] internal ushort Limit;
}

/// <summary><c>struct kvm_sregs</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmSregs
{
    internal const int SizeOf = 312;

    [FieldOffset(0)] internal KvmSegment Cs;
    [FieldOffset(24)] internal KvmSegment Ds;
    [FieldOffset(48)] internal KvmSegment Es;
    [FieldOffset(72)] internal KvmSegment Fs;
    [FieldOffset(96)] internal KvmSegment Gs;
    [FieldOffset(120)] internal KvmSegment Ss;
    [FieldOffset(144)] internal KvmSegment Tr;
    [FieldOffset(168)] internal KvmSegment Ldt;
    [FieldOffset(192)] internal KvmDtable Gdt;
    [FieldOffset(208)] internal KvmDtable Idt;
    [FieldOffset(224)] internal ulong Cr0;
    [FieldOffset(232)] internal ulong Cr2;
    [FieldOffset(240)] internal ulong Cr3;
    [FieldOffset(248)] internal ulong Cr4;
    [FieldOffset(256)] internal ulong Cr8;
    [FieldOffset(264)] internal ulong Efer;
    [FieldOffset(272)] internal ulong ApicBase;
    [FieldOffset(280)] internal Bitmap InterruptBitmap;

    /// <summary>256 bits.</summary>
    [InlineArray(4)]
    internal struct Bitmap
    {
        private ulong _first;
    }
}

/// <summary>The head of <c>struct kvm_run</c> with the I/O arm of its union.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmRun
{
    internal const int SizeOf = 256;

    [FieldOffset(0)] internal byte RequestInterruptWindow;
    [FieldOffset(1)] internal byte ImmediateExit;
    [FieldOffset(8)] internal uint ExitReason;
    [FieldOffset(32)] internal byte IODirection;
    [FieldOffset(33)] internal byte IOSize;
    [FieldOffset(34)] internal ushort IOPort;
    [FieldOffset(36)] internal uint IOCount;
    [FieldOffset(40)] internal ulong IODataOffset;
    [FieldOffset(32)] internal uint InternalSuberror;
    [FieldOffset(32)] internal ulong HardwareEntryFailureReason;
}

/// <summary><c>struct kvm_cpuid_entry2</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmCpuidEntry2
{
    internal const int SizeOf = 40;

    [FieldOffset(0)] internal uint Function;
    [FieldOffset(4)] internal uint Index;
    [FieldOffset(8)] internal uint Flags;
    [FieldOffset(12)] internal uint Eax;
    [FieldOffset(16)] internal uint Ebx;
    [FieldOffset(20)] internal uint Ecx;
    [FieldOffset(24)] internal uint Edx;
}

/// <summary><c>struct kvm_cpuid2</c> with room for its entries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmCpuid2
{
    internal const int SizeOf = 8 + (MaxEntries * KvmCpuidEntry2.SizeOf);
    internal const int HeaderSizeOf = 8;
    internal const int MaxEntries = 256;

    [FieldOffset(0)] internal uint Nent;
    [FieldOffset(8)] internal EntryArray Entries;

    /// <summary>The entries.</summary>
    [InlineArray(MaxEntries)]
    internal struct EntryArray
    {
        private KvmCpuidEntry2 _first;
    }
}

/// <summary><c>struct kvm_msr_entry</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmMsrEntry
{
    internal const int SizeOf = 16;

    [FieldOffset(0)] internal uint Index;
    [FieldOffset(8)] internal ulong Data;
}

/// <summary><c>struct kvm_msrs</c> with room for its entries.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmMsrs
{
    internal const int SizeOf = 8 + (MaxEntries * KvmMsrEntry.SizeOf);
    internal const int HeaderSizeOf = 8;
    internal const int MaxEntries = 4;

    [FieldOffset(0)] internal uint Nmsrs;
    [FieldOffset(8)] internal EntryArray Entries;

    /// <summary>The entries.</summary>
    [InlineArray(MaxEntries)]
    internal struct EntryArray
    {
        private KvmMsrEntry _first;
    }
}

/// <summary><c>struct kvm_xcrs</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmXcrs
{
    internal const int SizeOf = 392;

    [FieldOffset(0)] internal uint NrXcrs;
    [FieldOffset(4)] internal uint Flags;
    [FieldOffset(8)] internal uint Xcr0Index;
    [FieldOffset(16)] internal ulong Xcr0Value;
}

/// <summary><c>struct kvm_xsave</c>: the processor's XSAVE area.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmXsave
{
    internal const int SizeOf = 4096;

    [FieldOffset(0)] internal ushort ControlWord;
    [FieldOffset(24)] internal uint Mxcsr;
    [FieldOffset(512)] internal ulong StateBitmap;
}

/// <summary><c>struct kvm_signal_mask</c> with the kernel's 64-bit set.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmSignalMask
{
    internal const int SizeOf = 12;
    internal const int HeaderSizeOf = 4;

    [FieldOffset(0)] internal uint Length;
    [FieldOffset(4)] internal uint SetLow;
    [FieldOffset(8)] internal uint SetHigh;
}

/// <summary><c>struct kvm_device_attr</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct KvmDeviceAttr
{
    internal const int SizeOf = 24;

    [FieldOffset(0)] internal uint Flags;
    [FieldOffset(4)] internal uint Group;
    [FieldOffset(8)] internal ulong Attr;
    [FieldOffset(16)] internal ulong Addr;
}
