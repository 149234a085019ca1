// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kvm.Interop;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>A KVM VM with its one virtual processor, set up for guests at CPL 3.</summary>
/// <remarks>Dispose order: the run page, the processor, the VM. One thread at a time.</remarks>
internal sealed unsafe class VirtualProcessor : IDisposable
{
    private const ulong Cr0 = 0x8001_0033; // PG, WP, NE, ET, MP, PE
    private const ulong Cr4 = 0x620; // PAE, OSFXSR, OSXMMEXCPT
    private const ulong Efer = 0xD01; // NXE, LMA, LME, SCE
    private const ulong StateX87SseAvx = 7;
    private const uint MsrTsc = 0x10;
    private const uint MsrStar = 0xC000_0081;
    private const uint MsrLstar = 0xC000_0082;
    private const uint MsrSyscallMask = 0xC000_0084;
    private const ulong FlagsOnSyscall = 0x4_7700; // what the stub must not inherit: AC, NT, IF, DF, TF, IOPL
    private const ushort PrivilegeMask = 3;
    private const ulong ReservedFlag = 0x2;

    private readonly FileDescriptor _machine;
    private readonly FileDescriptor _processor;
    private readonly uint _runBytes;
    private readonly int _fd;
    private KvmRun* _run;
    private KvmSregs _initial;

    internal VirtualProcessor(KvmSystem system)
    {
        _machine = new FileDescriptor(KvmCall.Request(system.Handle, "KVM_CREATE_VM", KvmIoctl.KVM_CREATE_VM));
        try
        {
            _processor = new FileDescriptor(
                KvmCall.Request(_machine, "KVM_CREATE_VCPU", KvmIoctl.KVM_CREATE_VCPU));
        }
        catch
        {
            _machine.Dispose();
            throw;
        }

        try
        {
            _runBytes = system.RunBytes;
            _fd = _processor.Fd;
            const int ReadWriteShared = 1;
            // SAFETY: without MAP_FIXED the kernel chooses free addresses; the size is the one that KVM named.
            void* run = KvmIoctl.mmap(null, _runBytes, 3, ReadWriteShared, _fd, 0);
            _run = (nint)run != -1 ? (KvmRun*)run : throw LinuxException.FromLastError("mmap of the run page");
            system.Cpuid.Apply(_processor);
            SetUpState();
            SetUpSystemCall();
            UnblockKickSignal();
            TscOffset = SetUpTsc();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal long TscOffset { get; }

    /// <summary>What KVM accepted.</summary>
    internal ProcessorState State { get; private set; }

    internal FileDescriptor Machine => _machine;

    /// <summary>The run page: valid until the processor is disposed.</summary>
    internal ref KvmRun Run => ref *_run;

    /// <summary>First data byte of an I/O exit.</summary>
    internal byte IOData
    {
        get
        {
            ulong offset = _run->IODataOffset;

            // SAFETY: the offset is the kernel's; it is checked against the mapping all the same.
            return offset < _runBytes ? ((byte*)_run)[offset] : (byte)0;
        }
    }

    /// <summary>KVM_RUN.</summary>
    /// <returns>0, or the error number.</returns>
    internal int Enter() =>
        KvmIoctl.Call(_fd, KvmIoctl.KVM_RUN, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    internal void SetMemory(uint slot, ulong guestAddress, MappedRegion memory)
    {
        var region = new KvmUserspaceMemoryRegion
        {
            Slot = slot,
            GuestPhysAddr = guestAddress,
            MemorySize = memory.Bytes,
            UserspaceAddr = (ulong)memory.Address,
        };
        KvmCall.Request(
            _machine, "KVM_SET_USER_MEMORY_REGION", KvmIoctl.KVM_SET_USER_MEMORY_REGION, ref region);
    }

    /// <summary>
    /// Lets KVM finish what the last exit left open (the second half of a port write), without running the guest:
    /// registers that are set afterwards stay as set.
    /// </summary>
    internal void FinishPendingExit()
    {
        // SAFETY: the run page stays mapped until Dispose.
        _run->ImmediateExit = 1;
        _ = Enter();
        _run->ImmediateExit = 0;
    }

    /// <summary>Puts all state that a guest can reach back to the start state.</summary>
    internal void Reset(ulong entry, ulong stackPointer, ulong argument)
    {
        KvmCall.Request(_processor, "KVM_SET_SREGS", KvmIoctl.KVM_SET_SREGS, ref _initial);
        var state = new KvmXsave { ControlWord = 0x37F, Mxcsr = 0x1F80 };
        KvmCall.Request(_processor, "KVM_SET_XSAVE", KvmIoctl.KVM_SET_XSAVE, ref state);
        var registers = new KvmRegs { Rip = entry, Rsp = stackPointer, Rdi = argument, Rflags = ReservedFlag };
        SetRegisters(ref registers);
    }

    /// <summary>Copies all state that a guest can have into a buffer.</summary>
    /// <returns>False if the processor is in the monitor's code, whose stack is nobody's memory.</returns>
    internal bool TrySave(Span<byte> state)
    {
        KvmSregs special = default;
        KvmCall.Request(_processor, "KVM_GET_SREGS", KvmIoctl.KVM_GET_SREGS, ref special);
        if ((special.Cs.Selector & PrivilegeMask) != PrivilegeMask)
        {
            return false;
        }

        // SAFETY: AsRef checks the length; the structure has no references and any bytes are good.
        ref SavedProcessor saved = ref MemoryMarshal.AsRef<SavedProcessor>(state);
        KvmCall.Request(_processor, "KVM_GET_REGS", KvmIoctl.KVM_GET_REGS, ref saved.Registers);
        KvmCall.Request(_processor, "KVM_GET_XSAVE", KvmIoctl.KVM_GET_XSAVE, ref saved.Extended);
        saved.FsBase = special.Fs.Base;
        saved.GsBase = special.Gs.Base;
        return true;
    }

    /// <summary>Puts back what <see cref="TrySave"/> copied; everything else is as after <see cref="Reset"/>.</summary>
    internal void Restore(ReadOnlySpan<byte> state)
    {
        // SAFETY: as in TrySave.
        SavedProcessor saved = MemoryMarshal.Read<SavedProcessor>(state);
        KvmSregs special = _initial;
        special.Fs.Base = saved.FsBase;
        special.Gs.Base = saved.GsBase;
        KvmCall.Request(_processor, "KVM_SET_SREGS", KvmIoctl.KVM_SET_SREGS, ref special);
        KvmCall.Request(_processor, "KVM_SET_XSAVE", KvmIoctl.KVM_SET_XSAVE, ref saved.Extended);
        SetRegisters(ref saved.Registers);
    }

    internal uint ReadTscKhz()
    {
        int khz = KvmCall.Request(_processor, "KVM_GET_TSC_KHZ", KvmIoctl.KVM_GET_TSC_KHZ);
        return khz > 1_000_000
            ? (uint)khz
            : throw new EngineException(
                $"the time stamp counter runs at {khz} kHz: a constant one above 1 GHz is needed (see lscpu)");
    }

    internal KvmRegs GetRegisters()
    {
        KvmRegs registers = default;
        KvmCall.Request(_processor, "KVM_GET_REGS", KvmIoctl.KVM_GET_REGS, ref registers);
        return registers;
    }

    internal void SetRegisters(ref KvmRegs registers) =>
        KvmCall.Request(_processor, "KVM_SET_REGS", KvmIoctl.KVM_SET_REGS, ref registers);

    internal ulong GetFaultAddress()
    {
        KvmSregs state = default;
        KvmCall.Request(_processor, "KVM_GET_SREGS", KvmIoctl.KVM_GET_SREGS, ref state);
        return state.Cr2;
    }

    public void Dispose()
    {
        if (_run != null)
        {
            // SAFETY: mapped by the constructor with this length; nothing uses it after this.
            _ = KvmIoctl.munmap(_run, _runBytes);
            _run = null;
        }

        _processor.Dispose();
        _machine.Dispose();
    }

    private void SetUpState()
    {
        KvmCall.Request(_processor, "KVM_GET_SREGS", KvmIoctl.KVM_GET_SREGS, ref _initial);
        var code = new KvmSegment
        {
            Limit = uint.MaxValue,
            Selector = MonitorAreaBuilder.UserCodeSelector,
            Present = 1,
            Type = 11,
            Dpl = 3,
            S = 1,
            L = 1,
            G = 1,
        };
        KvmSegment data = code;
        data.Selector = MonitorAreaBuilder.UserDataSelector;
        data.Type = 3;
        data.L = 0;
        data.Db = 1;
        _initial.Cs = code;
        _initial.Ds = _initial.Es = _initial.Fs = _initial.Gs = _initial.Ss = data;
        _initial.Tr = new KvmSegment
        {
            Base = AddressMap.MonitorBase + MonitorLayout.TaskState,
            Limit = MonitorAreaBuilder.TaskLimit,
            Selector = MonitorAreaBuilder.TaskSelector,
            Type = 11,
            Present = 1,
        };
        _initial.Gdt.Base = AddressMap.MonitorBase + MonitorLayout.Descriptors;
        _initial.Gdt.Limit = MonitorAreaBuilder.DescriptorLimit;
        _initial.Idt.Base =
            AddressMap.MonitorBase + MonitorLayout.Descriptors + MonitorAreaBuilder.InterruptTableOffset;
        _initial.Idt.Limit = MonitorAreaBuilder.InterruptTableLimit;
        _initial.Cr0 = Cr0;
        _initial.Cr2 = 0;
        _initial.Cr3 = AddressMap.MonitorBase + MonitorLayout.RootTable;
        _initial.Efer = Efer;
        ProcessorState[] candidates = ProcessorState.Candidates;
        int best = Array.FindIndex(candidates, candidate => TrySetState(candidate));
        State = best >= 0
            ? candidates[best]
            : throw new LinuxException("KVM_SET_SREGS", Marshal.GetLastPInvokeError());
    }

    private bool TrySetState(ProcessorState state)
    {
        _initial.Cr4 = Cr4 | state.ControlBits;
        var control = new KvmXcrs { NrXcrs = 1, Xcr0Value = StateX87SseAvx };
        // SAFETY: both structures stay where they are for the length of the calls.
        fixed (KvmSregs* special = &_initial)
        {
            return KvmIoctl.Call(_fd, KvmIoctl.KVM_SET_SREGS, special) == 0
                && (!state.HasAvx || KvmIoctl.Call(_fd, KvmIoctl.KVM_SET_XCRS, &control) == 0);
        }
    }

    // The syscall instruction has no meaning here. It must lead to a stub all the same: with EFER.SCE clear, a
    // software-assisted KVM spins on it.
    private void SetUpSystemCall()
    {
        ulong selectors = ((ulong)(MonitorAreaBuilder.UserDataSelector - 8) << 48)
            | ((ulong)MonitorAreaBuilder.KernelCodeSelector << 32);
        var registers = new KvmMsrs { Nmsrs = 3 };
        registers.Entries[0] = new KvmMsrEntry { Index = MsrStar, Data = selectors };
        registers.Entries[1] = new KvmMsrEntry { Index = MsrLstar, Data = KvmSlot.SystemCallEntry };
        registers.Entries[2] = new KvmMsrEntry { Index = MsrSyscallMask, Data = FlagsOnSyscall };
        KvmCall.Request(_processor, "KVM_SET_MSRS", KvmIoctl.KVM_SET_MSRS, ref registers);
    }

    private void UnblockKickSignal()
    {
        var mask = new KvmSignalMask { Length = 8 };
        KvmCall.Request(_processor, "KVM_SET_SIGNAL_MASK", KvmIoctl.KVM_SET_SIGNAL_MASK, ref mask);
    }

    // Guests are to read the host's counter. Linux before 5.16 cannot be told so: then the difference is measured.
    private long SetUpTsc()
    {
        ulong offset = 0;

        // SAFETY: both structures live on this stack for the length of the call.
        var attribute = new KvmDeviceAttr
        {
            Group = KvmIoctl.KVM_VCPU_TSC_CTRL,
            Attr = KvmIoctl.KVM_VCPU_TSC_OFFSET,
            Addr = (ulong)&offset,
        };
        if (KvmIoctl.Call(_fd, KvmIoctl.KVM_SET_DEVICE_ATTR, &attribute) == 0)
        {
            return 0;
        }

        var counter = new TimestampCounter();
        var registers = new KvmMsrs { Nmsrs = 1 };
        registers.Entries[0].Index = MsrTsc;
        ulong before = counter.Read();
        KvmCall.Request(_processor, "KVM_GET_MSRS", KvmIoctl.KVM_GET_MSRS, ref registers);
        ulong after = counter.Read();
        return (long)(registers.Entries[0].Data - (before + ((after - before) / 2)));
    }
}
