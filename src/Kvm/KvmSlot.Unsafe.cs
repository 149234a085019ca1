// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kvm.Interop;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>An execution slot on KVM.</summary>
internal sealed unsafe class KvmSlot : IExecutionSlot
{
    internal const ulong SystemCallEntry =
        AddressMap.MonitorBase + MonitorLayout.Stubs + MonitorAreaBuilder.SystemCallStub;

    private const int BadInstructionVector = 6;
    private const int ProtectionVector = 13;
    private const uint PresentError = 1;
    private const int SyscallInstructionBytes = 2;
    private const int KeptPagesMax = 192;
    private const uint ChunkPages = AddressMap.ChunkBytes / AddressMap.PageBytes;

    private readonly VirtualProcessor _processor;
    private readonly MappedRegion _window;
    private readonly MappedRegion _monitor;
    private readonly PageMap _pageMap;
    private readonly ChunkMap _writable;
    private readonly ChunkMap _leftCommits;
    private readonly uint[] _kept = new uint[KeptPagesMax + 1];
    private bool _hasLeftCommits;
    private KvmMemoryBase? _bound;
    private bool _used;
    private byte _faultPort;

    internal KvmSlot(KvmSystem system, PageMap pageMap, ulong memoryBytes)
    {
        MemoryBytes = memoryBytes;
        _pageMap = pageMap;
        _writable = new ChunkMap(memoryBytes);
        _leftCommits = new ChunkMap(memoryBytes);
        Commits = new ChunkMap(memoryBytes);
        _processor = new VirtualProcessor(system);
        MappedRegion? window = null;
        MappedRegion? monitor = null;
        try
        {
            window = MappedRegion.MapAnonymous(memoryBytes);
            window.DisableHugePages();
            monitor = MappedRegion.MapAnonymous(MonitorLayout.TotalBytes(memoryBytes));
            monitor.DisableHugePages();
            _processor.SetMemory(0, 0, window);
            _processor.SetMemory(1, AddressMap.MonitorBase, monitor);
        }
        catch
        {
            _processor.Dispose();
            monitor?.Dispose();
            window?.Dispose();
            throw;
        }

        _window = window;
        _monitor = monitor;
        Memory = new GuestMemory(_window.Address, memoryBytes);
    }

    public ulong MemoryBytes { get; }

    /// <summary>The processor, for whoever measures it bare.</summary>
    internal VirtualProcessor Processor => _processor;

    public long TscOffset => _processor.TscOffset;

    public GuestMemory Memory { get; }

    public ChunkMap Commits { get; }

    public int ProcessorStateBytes => Unsafe.SizeOf<SavedProcessor>();

    public void Bind(IMemoryBase memoryBase, bool isResumed = false)
    {
        var next = (KvmMemoryBase)memoryBase;
        BaseDescription description = next.Description;
        if (description.MemoryBytes != MemoryBytes)
        {
            throw new ArgumentException("The base is for another memory size.", nameof(memoryBase));
        }

        try
        {
            Release();
            if (_bound != next)
            {
                Lay(next);
            }

            _used = true;
            ulong entry = isResumed ? InstructionPage.ResumeEntry : description.Entry;
            _processor.Reset(entry, MemoryBytes, AddressMap.ArgumentsBase);
        }
        catch (LinuxException e)
        {
            throw new EngineException($"a VM cannot be bound: {e.Message}; give the machine more memory", e);
        }
    }

    public void Unbind()
    {
        try
        {
            Release();
        }
        catch (LinuxException e)
        {
            throw new EngineException($"a VM's memory cannot be released: {e.Message}", e);
        }
    }

    public int FindPrivatePages(uint from, Span<uint> pages)
    {
        _writable.Clear();
        _writable.AddAll(_bound!.MappedChunks);
        _writable.AddAll(Commits);
        _writable.AddAll(_leftCommits);
        try
        {
            int found = 0;
            int chunk = _writable.Next((int)(from / ChunkPages));
            while (chunk >= 0 && found < pages.Length)
            {
                // Neighbours are read together.
                int end = chunk + 1;
                while (_writable.Next(end) == end)
                {
                    end++;
                }

                uint first = Math.Max(from, (uint)chunk * ChunkPages);
                uint count = ((uint)end * ChunkPages) - first;
                found += _pageMap.FindPrivate(_window, first, count, pages[found..]);
                chunk = _writable.Next(end);
            }

            return found;
        }
        catch (LinuxException e)
        {
            throw new EngineException($"a VM's pages cannot be found: {e.Message}; mount /proc", e);
        }
    }

    public IMemoryBase Capture(ulong chargedBytes)
    {
        uint[] changed = new uint[MemoryBytes / AddressMap.PageBytes];
        int count = FindPrivatePages(0, changed);
        var commits = new ChunkMap(MemoryBytes);
        commits.AddAll(_bound!.Commits);
        commits.AddAll(Commits);
        var state = new BaseState
        {
            ChargedBytes = chargedBytes,
            Commits = commits,
            Pages = FindContents(changed.AsSpan(0, count)),
            Read = (page, contents) => PageAt(page).CopyTo(contents),
        };
        try
        {
            return KvmMemoryBase.FromState(_bound.Description, state);
        }
        catch (LinuxException e)
        {
            throw new EngineException($"a VM cannot be captured: {e.Message}; give the machine more memory", e);
        }
    }

    public bool TrySaveProcessor(Span<byte> state)
    {
        _processor.FinishPendingExit();
        return _processor.TrySave(state);
    }

    public void RestoreProcessor(ReadOnlySpan<byte> state) => _processor.Restore(state);

    public EngineExit Enter()
    {
        if (_hasLeftCommits)
        {
            TakeBackCommits();
        }

        int error = _processor.Enter();
        if (error != 0)
        {
            return error is KvmIoctl.EINTR or KvmIoctl.EAGAIN
                ? new EngineExit(EngineExitKind.Interrupted)
                : new EngineExit(EngineExitKind.Failed, detail: (uint)error);
        }

        ref KvmRun run = ref _processor.Run;
        if (run.ExitReason == KvmIoctl.KVM_EXIT_IO)
        {
            return OnPort(ref run);
        }

        return new EngineExit(
            EngineExitKind.Failed, detail: ((ulong)run.ExitReason << 32) | run.InternalSuberror);
    }

    public uint Commit(ulong address)
    {
        if (_hasLeftCommits)
        {
            TakeBackCommits();
        }

        if (_bound is not { } current || !current.Description.IsOnDemand(address) || IsMapped(address))
        {
            return 0;
        }

        uint committed = CommitChunk(current.Description, address & ~(ulong)(AddressMap.ChunkBytes - 1));
        Commits.AddAddress(address);
        return committed;
    }

    public void CommitAgain(int chunk)
    {
        // What the VM before had there is as good.
        if (!_leftCommits.Remove(chunk))
        {
            _ = CommitChunk(_bound!.Description, (ulong)chunk * AddressMap.ChunkBytes);
        }

        _hasLeftCommits = _hasLeftCommits && _leftCommits.Next(0) >= 0;
        Commits.Add(chunk);
    }

    public bool IsAccessible(ulong address, ulong bytes, bool write)
    {
        if (!Memory.Contains(address, bytes))
        {
            return false;
        }

        if (_hasLeftCommits)
        {
            TakeBackCommits();
        }

        ulong needed = PageTableEntry.Present | PageTableEntry.User | (write ? PageTableEntry.Write : 0);
        for (ulong page = address & ~(ulong)(AddressMap.PageBytes - 1); page < address + bytes;
            page += AddressMap.PageBytes)
        {
            if ((Entry(page) & needed) != needed)
            {
                return false;
            }
        }

        return true;
    }

    public GuestRegisters ReadRegisters() => FromKvm(_processor.GetRegisters());

    public void WriteRegisters(in GuestRegisters registers)
    {
        KvmRegs kvm = ToKvm(registers);
        _processor.SetRegisters(ref kvm);
    }

    public EngineFault ReadFault()
    {
        GuestRegisters registers = ReadRegisters();
        if (_faultPort == ExitPort.SystemCall)
        {
            // rcx holds the address behind the syscall instruction.
            registers.Rip = registers.Rcx - SyscallInstructionBytes;
            return new EngineFault { Vector = BadInstructionVector, Registers = registers };
        }

        if (_faultPort < ExitPort.Exceptions)
        {
            return new EngineFault { Vector = ProtectionVector, Registers = registers };
        }

        int vector = _faultPort - ExitPort.Exceptions;
        bool hasErrorCode = HasErrorCode(vector);
        registers.Rip = ReadFrame(40);
        registers.Rflags = ReadFrame(24);
        registers.Rsp = ReadFrame(16);
        ulong errorCode = hasErrorCode ? ReadFrame(48) : 0;
        if (vector == MonitorAreaBuilder.PageFaultVector && registers.Rip == SystemCallEntry)
        {
            // A software-assisted KVM takes the syscall to the stub without leaving user mode.
            registers.Rip = registers.Rcx - SyscallInstructionBytes;
            return new EngineFault { Vector = BadInstructionVector, Registers = registers };
        }

        return new EngineFault
        {
            Vector = vector,
            ErrorCode = errorCode,
            Address = vector == MonitorAreaBuilder.PageFaultVector ? _processor.GetFaultAddress() : 0,
            Registers = registers,
        };
    }

    public void Dispose()
    {
        _bound?.RemoveSlot();
        _bound = null;

        // The VM goes first: it refers to the memory.
        _processor.Dispose();
        _window.Dispose();
        _monitor.Dispose();
    }

    private static bool HasErrorCode(int vector) => vector is 8 or (>= 10 and <= 14) or 17 or 21 or 29 or 30;

    private uint CommitChunk(BaseDescription description, ulong first)
    {
        uint committed = 0;
        for (ulong page = first; page < first + AddressMap.ChunkBytes; page += AddressMap.PageBytes)
        {
            if (description.IsOnDemand(page) && !IsMapped(page))
            {
                Entry(page) = page | PageTableEntry.Data;
                committed += AddressMap.PageBytes;
            }
        }

        return committed;
    }

    /// <summary>The pages that are not all zeros, ascending.</summary>
    /// <param name="changed">Those in which the VM may differ from its base, ascending.</param>
    private List<uint> FindContents(ReadOnlySpan<uint> changed)
    {
        var candidates = new SortedSet<uint>();
        foreach (BaseRange range in _bound!.Ranges)
        {
            for (uint page = range.FirstPage; page < range.End; page++)
            {
                _ = candidates.Add(page);
            }
        }

        foreach (uint page in changed)
        {
            _ = candidates.Add(page);
        }

        return [.. candidates.Where(page => PageAt(page).ContainsAnyExcept((byte)0))];
    }

    private Span<byte> PageAt(uint page) => _window.Slice(Offset(page), (int)AddressMap.PageBytes);

    /// <summary>Lays another base's contents into the memory.</summary>
    private void Lay(KvmMemoryBase next)
    {
        if (_bound is not null)
        {
            DropAll();
        }

        foreach (BaseRange range in _bound?.Ranges ?? [])
        {
            _window.Clear(Offset(range.FirstPage), Offset(range.PageCount));
        }

        _bound?.RemoveSlot();
        _bound = null;
        foreach (BaseRange range in next.Ranges)
        {
            _window.Overlay(
                Offset(range.FirstPage), next.Contents, Offset(range.FilePage), Offset(range.PageCount));
        }

        _monitor.Overlay(0, next.Monitor);
        next.AddSlot();
        _bound = next;
    }

    private static ulong Offset(uint page) => (ulong)page * AddressMap.PageBytes;

    private EngineExit OnPort(ref KvmRun run)
    {
        uint port = run.IOPort;
        _faultPort = (byte)port;
        bool plain = run.IODirection == KvmIoctl.KVM_EXIT_IO_OUT && run.IOSize == 1 && run.IOCount == 1;
        if (plain && port - ExitPort.Instructions < ExitPort.InstructionCount)
        {
            return new EngineExit(
                EngineExitKind.Instruction, (Instruction)(port - ExitPort.Instructions), _processor.IOData);
        }

        if (port == ExitPort.Exceptions + MonitorAreaBuilder.PageFaultVector)
        {
            uint errorCode = (uint)ReadFrame(48);
            if ((errorCode & PresentError) == 0)
            {
                return new EngineExit(
                    EngineExitKind.PageFault, detail: _processor.GetFaultAddress(), errorCode: errorCode);
            }
        }

        return new EngineExit(EngineExitKind.Fault);
    }

    /// <summary>
    /// Takes all that the VM left out of the memory. The next VM most likely writes to the same pages, so as long as
    /// they are few they are kept, with the base's contents: to give a page back and touch it again costs many times
    /// what copying it does, and on Linux more with every slot that there is, because each time all of the process's
    /// KVM VMs are told (mmu_notifier).
    /// </summary>
    private void Release()
    {
        if (!_used)
        {
            return;
        }

        _processor.FinishPendingExit();
        _used = false;
        int count = FindPrivatePages(0, _kept);
        if (count == _kept.Length)
        {
            DropAll();
            return;
        }

        foreach (uint page in _kept.AsSpan(0, count))
        {
            Span<byte> contents = PageAt(page);
            if (_bound!.TryGetPage(page, out ReadOnlySpan<byte> original))
            {
                original.CopyTo(contents);
            }
            else
            {
                contents.Clear();
            }
        }

        _leftCommits.AddAll(Commits);
        _hasLeftCommits = _leftCommits.Next(0) >= 0;
        Commits.Clear();
    }

    private void DropAll()
    {
        _window.DropPrivatePages();
        _monitor.DropPrivatePages();
        _leftCommits.Clear();
        _hasLeftCommits = false;
        Commits.Clear();
    }

    /// <summary>
    /// Takes back what was committed for the VM before and not for this one: the entries of the page tables, and the
    /// pages too. A KVM that shadows page tables does not notice that their host changed them, but it forgets all that
    /// it knows of a page that the host takes away, and then looks at the entry again.
    /// </summary>
    private void TakeBackCommits()
    {
        BaseDescription description = _bound!.Description;
        int chunk = _leftCommits.Next(0);
        while (chunk >= 0)
        {
            // Neighbours go together: each time all of the process's KVM VMs are told.
            int end = chunk + 1;
            while (_leftCommits.Next(end) == end)
            {
                end++;
            }

            ulong first = Math.Max((ulong)chunk * AddressMap.ChunkBytes, description.HeapBase);
            ulong last = (ulong)end * AddressMap.ChunkBytes;
            for (ulong page = first; page < last; page += AddressMap.PageBytes)
            {
                if (description.IsOnDemand(page))
                {
                    Entry(page) = 0;
                }
            }

            _window.DropPrivatePages(first, last - first);
            chunk = _leftCommits.Next(end);
        }

        _leftCommits.Clear();
        _hasLeftCommits = false;
    }

    private bool IsMapped(ulong address) => (Entry(address) & PageTableEntry.Present) != 0;

    // SAFETY: callers pass guest addresses below the memory size; the monitor area has an entry for each page of it.
    private ref ulong Entry(ulong address) =>
        ref *(ulong*)((byte*)_monitor.Address + MonitorLayout.EntryOffset(address));

    /// <summary>Reads from the frame that the processor pushed, by its distance from the top of the stack.</summary>
    private ulong ReadFrame(int below) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_monitor.Slice(MonitorLayout.StackTop - (ulong)below, sizeof(ulong)));

    private static GuestRegisters FromKvm(in KvmRegs r) => new()
    {
        Rax = r.Rax,
        Rbx = r.Rbx,
        Rcx = r.Rcx,
        Rdx = r.Rdx,
        Rsi = r.Rsi,
        Rdi = r.Rdi,
        Rsp = r.Rsp,
        Rbp = r.Rbp,
        R8 = r.R8,
        R9 = r.R9,
        R10 = r.R10,
        R11 = r.R11,
        R12 = r.R12,
        R13 = r.R13,
        R14 = r.R14,
        R15 = r.R15,
        Rip = r.Rip,
        Rflags = r.Rflags,
    };

    private static KvmRegs ToKvm(in GuestRegisters r) => new()
    {
        Rax = r.Rax,
        Rbx = r.Rbx,
        Rcx = r.Rcx,
        Rdx = r.Rdx,
        Rsi = r.Rsi,
        Rdi = r.Rdi,
        Rsp = r.Rsp,
        Rbp = r.Rbp,
        R8 = r.R8,
        R9 = r.R9,
        R10 = r.R10,
        R11 = r.R11,
        R12 = r.R12,
        R13 = r.R13,
        R14 = r.R14,
        R15 = r.R15,
        Rip = r.Rip,
        Rflags = r.Rflags,
    };
}
