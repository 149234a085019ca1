// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Linux;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A slot with real memory, in which a <see cref="GuestProgram"/> stands for the guest.</summary>
internal sealed unsafe class FakeSlot : IExecutionSlot
{
    /// <summary>Code of the failure that ends a VM that should have been interrupted long ago.</summary>
    internal const ulong NeverInterrupted = 0xDEAD;

    private const uint FirstPage = (uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes);

    /// <summary>Bytes of the register page that mean nothing.</summary>
    private const ulong ProgramNumberAddress = AddressMap.RegisterPageBase + 0x1F0;

    private const long SpinLimitNs = 20_000_000_000;

    [ThreadStatic]
    private static FakeSlot? s_entered;

    private byte* _memory;
    private FakeBase? _bound;
    private IEnumerator<EngineExit>? _program;
    private EngineFault _fault;
    private GuestRegisters _registers;
    private int _users;

    internal FakeSlot(FakeEngine engine, ulong memoryBytes)
    {
        Engine = engine;
        MemoryBytes = memoryBytes;
        Commits = new ChunkMap(memoryBytes);
    }

    public ulong MemoryBytes { get; }

    public long TscOffset => 0;

    public ChunkMap Commits { get; }

    public int ProcessorStateBytes => Unsafe.SizeOf<GuestRegisters>();

    public GuestMemory Memory => new((nint)_memory, MemoryBytes);

    /// <summary>The slot that this thread entered last: where a program is now that moved between slots.</summary>
    internal static FakeSlot Here => s_entered!;

    internal FakeEngine Engine { get; }

    internal bool IsDisposed { get; private set; }

    internal bool IsBound => _bound is not null;

    /// <summary>How often it was entered.</summary>
    internal int EntryCount { get; private set; }

    internal ref RegisterPage Page => ref Memory.Registers;

    /// <summary>Registers of the guest.</summary>
    internal ref GuestRegisters Registers => ref _registers;

    /// <summary>Whether the guest could access a range; by default all of its memory.</summary>
    internal Func<ulong, ulong, bool, bool>? Access { get; set; }

    public void Bind(IMemoryBase memoryBase, bool isResumed = false)
    {
        Check(!IsDisposed, "Bind after Dispose");
        Release();
        _bound = (FakeBase)memoryBase;
        if (_memory == null)
        {
            _memory = (byte*)NativeMemory.AllocZeroed((nuint)MemoryBytes);
        }

        _program = null;
        _registers = new GuestRegisters { Rip = _bound.Description.Entry, Rsp = MemoryBytes - 0x100 };
        Engine.AfterBind();
    }

    public void Unbind()
    {
        Check(_bound is not null, "Unbind without Bind");
        Release();
        Engine.AfterUnbind();
    }

    public EngineExit Enter()
    {
        Check(Interlocked.Increment(ref _users) == 1, "two threads are in one slot");
        Check(_bound is not null && !IsDisposed, "Enter without Bind");
        EntryCount++;
        s_entered = this;
        _program ??= FindProgram();
        EngineExit exit = _program.MoveNext() ? _program.Current : new EngineExit(EngineExitKind.Failed);
        Interlocked.Decrement(ref _users);
        return exit;
    }

    public uint Commit(ulong address)
    {
        BaseDescription description = _bound!.Description;
        if (address < description.HeapBase || address >= MemoryBytes)
        {
            return 0;
        }

        uint bytes = IsCommitted(address) ? 0 : AddressMap.ChunkBytes;
        Commits.AddAddress(address);
        return bytes;
    }

    public void CommitAgain(int chunk) => Commits.Add(chunk);

    public int FindPrivatePages(uint from, Span<uint> pages)
    {
        Engine.BeforeFindPages();
        int found = 0;
        for (uint page = Math.Max(from, FirstPage); page < MemoryBytes / AddressMap.PageBytes; page++)
        {
            if (found == pages.Length)
            {
                break;
            }

            if (new Span<byte>(_memory + (page * AddressMap.PageBytes), (int)AddressMap.PageBytes)
                .ContainsAnyExcept((byte)0))
            {
                pages[found++] = page;
            }
        }

        return found;
    }

    public IMemoryBase Capture(ulong chargedBytes) => throw new EngineException("the fake engine captures nothing");

    public bool TrySaveProcessor(Span<byte> state)
    {
        MemoryMarshal.Write(state, _registers);
        return true;
    }

    public void RestoreProcessor(ReadOnlySpan<byte> state) => _registers = MemoryMarshal.Read<GuestRegisters>(state);

    public bool IsAccessible(ulong address, ulong bytes, bool write) =>
        Memory.Contains(address, bytes) && (Access is null || Access(address, bytes, write));

    public GuestRegisters ReadRegisters() => _registers;

    public void WriteRegisters(in GuestRegisters registers) => _registers = registers;

    public EngineFault ReadFault() => _fault;

    public void Dispose()
    {
        Check(!IsDisposed, "Dispose twice");
        IsDisposed = true;
        NativeMemory.Free(_memory);
        _memory = null;
    }

    /// <summary>Gives the slot memory and a program without a kernel.</summary>
    internal static FakeSlot Standalone(ulong memoryBytes = AddressMap.MemoryMinBytes)
    {
        var slot = new FakeSlot(new FakeEngine(), memoryBytes);
        slot.Bind(new FakeBase(Describe(memoryBytes), s => [s.Terminate(0)]));
        return slot;
    }

    /// <summary>An address space without an image.</summary>
    internal static BaseDescription Describe(ulong memoryBytes) => new()
    {
        MemoryBytes = memoryBytes,
        Entry = AddressMap.ImageBase,
        Regions = [],
        HeapBase = AddressMap.ImageBase + 0x10000,
        StackAreaBase = memoryBytes - 0x10000,
        StackBytes = 0x10000,
    };

    /// <summary>Whether the chunk around an address was committed.</summary>
    internal bool IsCommitted(ulong address)
    {
        int chunk = (int)(address / AddressMap.ChunkBytes);
        return Commits.Next(chunk) == chunk;
    }

    /// <summary>Lets every chunk be committed again.</summary>
    internal void ForgetCommitted() => Commits.Clear();

    // What the guest does. Each method returns the exit that it leads to.
    internal EngineExit Idle(ulong deadlineNs)
    {
        Page.IdleDeadlineNs = deadlineNs;
        return new EngineExit(EngineExitKind.Instruction, Instruction.Idle);
    }

    internal EngineExit Idle() => Idle(InstructionPage.Never);

    internal EngineExit Terminate(ulong code)
    {
        Page.Argument0 = code;
        return new EngineExit(EngineExitKind.Instruction, Instruction.Terminate);
    }

    internal EngineExit GiveUp(ulong code, ulong address, ulong bytes)
    {
        Page.Argument0 = code;
        Page.Argument1 = address;
        Page.Argument2 = bytes;
        return new EngineExit(EngineExitKind.Instruction, Instruction.Fault);
    }

    internal static EngineExit Execute(Instruction instruction, byte argument = 0) =>
        new(EngineExitKind.Instruction, instruction, argument);

    internal static EngineExit Touch(ulong address) => new(EngineExitKind.PageFault, detail: address);

    internal EngineExit Fault(in EngineFault fault)
    {
        _fault = fault;
        return new EngineExit(EngineExitKind.Fault);
    }

    /// <summary>A loop without end: leaves when the kick signal comes, and leaves it pending like KVM.</summary>
    internal static EngineExit Spin()
    {
        if (!ThreadSignal.Wait(SpinLimitNs))
        {
            return new EngineExit(EngineExitKind.Failed, detail: NeverInterrupted);
        }

        ThreadSignal.Send(ThreadSignal.CurrentThreadId());
        return new EngineExit(EngineExitKind.Interrupted);
    }

    /// <summary>Takes what is pending, like the end of the idle instruction.</summary>
    internal InterruptBits Take()
    {
        InterruptBits pending = Page.PendingInterrupts;
        Page.PendingInterrupts = InterruptBits.None;
        return pending;
    }

    /// <summary>Writes to the console ring, as much as there is room for.</summary>
    internal int Print(ReadOnlySpan<byte> bytes)
    {
        var ring = new RingProducer<GuestRingMemory>(Ring, ConsoleLayout.Output);
        ring.Refresh();
        int count = Math.Min(bytes.Length, (int)ring.Free);
        ring.TryWrite(0, bytes[..count]);
        ring.Publish((uint)count);
        return count;
    }

    /// <summary>Reads from the console ring.</summary>
    internal int ReadInput(Span<byte> bytes)
    {
        var ring = new RingConsumer<GuestRingMemory>(Ring, ConsoleLayout.Input);
        ring.Refresh();
        int count = Math.Min(bytes.Length, (int)ring.Count);
        ring.TryRead(0, bytes[..count]);
        ring.Release((uint)count);
        return count;
    }

    private GuestRingMemory Ring
    {
        get
        {
            Memory.TryGetRingMemory(AddressMap.RegisterPageBase, AddressMap.PageBytes, out GuestRingMemory ring);
            return ring;
        }
    }

    // A program is the code and the stack of its VM: it moves with the VM's memory, which holds its number.
    private IEnumerator<EngineExit> FindProgram()
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        _ = Memory.TryRead(ProgramNumberAddress, number);
        int known = BitConverter.ToInt32(number);
        if (known != 0)
        {
            return Engine.Programs[known - 1];
        }

        IEnumerator<EngineExit> program = _bound!.Program(this).GetEnumerator();
        lock (Engine.Programs)
        {
            Engine.Programs.Add(program);
            BitConverter.TryWriteBytes(number, Engine.Programs.Count);
        }

        _ = Memory.TryWrite(ProgramNumberAddress, number);
        return program;
    }

    private void Release()
    {
        if (_bound is not null)
        {
            NativeMemory.Clear(_memory, (nuint)MemoryBytes);
            Commits.Clear();
            _bound = null;
        }
    }

    private void Check(bool holds, string misuse)
    {
        if (!holds)
        {
            Engine.Misuse.Enqueue(misuse);
        }
    }
}
