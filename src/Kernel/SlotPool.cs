// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Threading;
using Denali.Engine;

namespace Denali.Kernel;

/// <summary>The execution slots: made when needed, up to a limit, and kept when free. Any thread.</summary>
/// <remarks>
/// The more there are, the longer the host takes to make one more, and nobody is to wait for that. So beyond the first
/// few, whoever wants a slot takes that of a VM which gives way, and <see cref="OnGivenWay"/> makes one for later, once
/// VMs have given way often enough to have cost as much as that.
///
/// Whoever finds none stands in line with <see cref="Want"/>, and others get one only as far as there are more than all
/// before them need: <see cref="Wanted"/> asks the workers to take slots from VMs
/// that idle, and <see cref="Freed"/> tells when one has come back.
/// </remarks>
internal sealed class SlotPool : IDisposable
{
    /// <summary>Longest that the maker of a VM waits for a slot: many times what parking a VM takes.</summary>
    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(10);

    /// <summary>How often the workers are asked by somebody who waits: as often as they ask each other.</summary>
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>So many are made for whoever wants one, which with few takes a few milliseconds.</summary>
    internal const int MadeAtOnce = 64;

    /// <summary>In place of a ticket: of somebody who does not stand in line.</summary>
    internal const long NoTicket = 0;

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _return = new();
    private readonly IExecutionEngine _engine;
    private readonly SlotGrowth _growth;
    private readonly Stack<int> _freeNumbers = new();
    private readonly Dictionary<ulong, Stack<int>> _free = [];
    private IExecutionSlot?[] _byNumber = new IExecutionSlot?[64];
    private int _count;
    private int _live;
    private int _kept;
    private readonly List<long> _line = [];
    private long _lastTicket;
    private int _wants;
    private bool _isMemoryShort;
    private int _givenWay;

    internal SlotPool(IExecutionEngine engine, int limit)
    {
        _engine = engine;
        Limit = limit;
        _growth = new SlotGrowth(Grow);
    }

    /// <summary>Most slots at a time.</summary>
    internal int Limit { get; }

    /// <summary>Called when a slot is wanted and none is at hand.</summary>
    internal Action Wanted { get; set; } = () => { };

    /// <summary>Called when a slot has come back that somebody wanted.</summary>
    internal Action Freed { get; set; } = () => { };

    /// <summary>Whether somebody waits for a slot.</summary>
    internal bool IsWanted => Volatile.Read(ref _wants) != 0;

    /// <summary>
    /// Whether a VM is to give up its slot for somebody who waits: there are fewer free ones than are wanted, or it is
    /// memory that is short. One VM is enough for each that waits, of whichever worker.
    /// </summary>
    internal bool IsShort =>
        IsWanted && (Volatile.Read(ref _kept) < Volatile.Read(ref _wants) || Volatile.Read(ref _isMemoryShort));

    /// <summary>Whether there was a slot for a VM lately, but no memory.</summary>
    internal bool IsMemoryShort
    {
        get => Volatile.Read(ref _isMemoryShort);
        set => Volatile.Write(ref _isMemoryShort, value);
    }

    /// <summary>Whether a slot is being made for later.</summary>
    internal bool IsGrowing => _growth.IsBusy;

    /// <summary>Slots that exist.</summary>
    internal int LiveCount => Volatile.Read(ref _live);

    /// <summary>A slot by its number, for its current user.</summary>
    internal IExecutionSlot this[int number] => Volatile.Read(ref _byNumber)[number]!;

    /// <summary>Takes a free slot, or makes one; waits if there are as many as there may be.</summary>
    /// <param name="memoryBytes">Memory size.</param>
    /// <returns>The slot's number.</returns>
    /// <exception cref="EngineException">None is free and the host cannot make another.</exception>
    /// <exception cref="KernelException">All are in use and none came back in time.</exception>
    internal int Rent(ulong memoryBytes)
    {
        if (TryRent(memoryBytes, NoTicket, mayGrow: true, out int number))
        {
            return number;
        }

        long ticket = Want();
        try
        {
            TimeProvider time = TimeProvider.System;
            long begin = time.GetTimestamp();
            long asked = 0;
            while (true)
            {
                _return.Reset();
                if (TryRent(memoryBytes, ticket, mayGrow: true, out number))
                {
                    return number;
                }

                // A slot may come back for which its VM had no memory, and it is asked for at once by that VM again.
                if (asked == 0 || time.GetElapsedTime(asked) >= s_askAgain)
                {
                    Wanted();
                    asked = time.GetTimestamp();
                }

                TimeSpan left = s_waitMax - time.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero || !_return.Wait(left))
                {
                    throw new KernelException(IsMemoryShort
                        ? "VMs wait for memory, and hold up those that wait for a slot: end some, or allow more memory"
                        : Text($"all {Limit} execution slots are taken by VMs that are busy: end some, or allow more"));
                }
            }
        }
        finally
        {
            Unwant(ticket);
        }
    }

    /// <summary>Takes a free slot, or makes one if there may be more.</summary>
    /// <param name="memoryBytes">Memory size.</param>
    /// <param name="ticket">What <see cref="Want"/> gave, or <see cref="NoTicket"/>.</param>
    /// <param name="mayGrow">Whether to make one although there are many: nobody gives way.</param>
    /// <param name="number">The slot's number.</param>
    /// <returns>False if all are in use, or wanted by others who came before.</returns>
    /// <exception cref="EngineException">The host cannot make another.</exception>
    internal bool TryRent(ulong memoryBytes, long ticket, bool mayGrow, out int number)
    {
        IExecutionSlot? surplus = null;
        lock (_lock)
        {
            number = -1;
            int before = ticket == NoTicket ? _line.Count : _line.IndexOf(ticket);
            if (_kept + Limit - _live <= before)
            {
                return false;
            }

            if (_free.TryGetValue(memoryBytes, out Stack<int>? free) && free.TryPop(out number))
            {
                _kept--;
                return true;
            }

            if (_kept == 0 && !mayGrow && _live >= MadeAtOnce)
            {
                return false;
            }

            if (_live >= Limit)
            {
                if (_kept == 0)
                {
                    return false;
                }

                surplus = Remove(PopSurplus());
            }

            _live++;
        }

        // Outside the lock: these take milliseconds.
        surplus?.Dispose();
        try
        {
            number = Add(CreateSlot(memoryBytes));
            return true;
        }
        catch
        {
            lock (_lock)
            {
                _live--;
            }

            throw;
        }
    }

    /// <summary>
    /// A VM gave way for another. After as many times as there are slots, one more is made by a thread of its own: what
    /// that takes grows with their number too, and is some tens of what it takes to park a VM.
    /// </summary>
    /// <param name="memoryBytes">The other VM's memory size.</param>
    internal void OnGivenWay(ulong memoryBytes)
    {
        if (LiveCount >= Limit || Interlocked.Increment(ref _givenWay) < LiveCount)
        {
            return;
        }

        lock (_lock)
        {
            if (_live < Limit && _growth.TryOrder(memoryBytes))
            {
                _givenWay = 0;
                _live++;
            }
        }
    }

    /// <summary>Stands in line for a slot.</summary>
    /// <returns>The place in the line, to be given up with <see cref="Unwant"/> whether or not a slot was had.
    /// </returns>
    internal long Want()
    {
        lock (_lock)
        {
            _line.Add(++_lastTicket);
            Volatile.Write(ref _wants, _line.Count);
            return _lastTicket;
        }
    }

    /// <summary>Leaves the line.</summary>
    /// <param name="ticket">The place.</param>
    internal void Unwant(long ticket)
    {
        lock (_lock)
        {
            _ = _line.Remove(ticket);
            Volatile.Write(ref _wants, _line.Count);
        }
    }

    /// <summary>Gives a slot back. Its memory has been given back already.</summary>
    internal void Return(int number)
    {
        Put(number);
        Tell();
    }

    /// <summary>
    /// Gives a slot back that its VM could not use, because something else was short. Nothing has become free by that:
    /// were the workers told, two whose VMs wait would tell each other, again and again.
    /// </summary>
    internal void ReturnUnused(int number)
    {
        Put(number);
        _return.Set();
    }

    /// <summary>Destroys a slot that its VM could not use, because the host refused. Workers are not told.</summary>
    internal void DiscardUnused(int number)
    {
        Destroy(number);
        _return.Set();
    }

    /// <summary>Destroys a rented slot, because it cannot be bound again.</summary>
    internal void Discard(int number)
    {
        Destroy(number);
        Tell();
    }

    /// <summary>Memory that a waiting VM may use was given back: those who wait may try again.</summary>
    internal void Tell()
    {
        if (IsWanted)
        {
            _return.Set();
            Freed();
        }
    }

    public void Dispose()
    {
        _growth.Dispose();
        lock (_lock)
        {
            foreach (IExecutionSlot? slot in _byNumber)
            {
                slot?.Dispose();
            }

            Array.Clear(_byNumber);
            _free.Clear();
            _kept = 0;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Grow(ulong memoryBytes)
    {
        try
        {
            Return(Add(_engine.CreateSlot(memoryBytes)));
        }
        catch (Exception e) when (e is EngineException or OutOfMemoryException)
        {
            // Those that there are must do, until VMs have given way so often again.
            lock (_lock)
            {
                _live--;
            }

            Tell();
        }
    }

    private void Put(int number)
    {
        lock (_lock)
        {
            IExecutionSlot slot = _byNumber[number]!;
            if (!_free.TryGetValue(slot.MemoryBytes, out Stack<int>? free))
            {
                free = new Stack<int>();
                _free.Add(slot.MemoryBytes, free);
            }

            free.Push(number);
            _kept++;
        }
    }

    private void Destroy(int number)
    {
        IExecutionSlot slot;
        lock (_lock)
        {
            slot = Remove(number);
        }

        slot.Dispose();
    }

    /// <summary>Makes a slot. If the host cannot make one more, free ones of other sizes are given up for it.</summary>
    private IExecutionSlot CreateSlot(ulong memoryBytes)
    {
        while (true)
        {
            try
            {
                return _engine.CreateSlot(memoryBytes);
            }
            catch (EngineException) when (TryTakeSurplus(out IExecutionSlot? surplus))
            {
                surplus.Dispose();
            }
        }
    }

    private bool TryTakeSurplus([NotNullWhen(true)] out IExecutionSlot? slot)
    {
        lock (_lock)
        {
            slot = _kept == 0 ? null : Remove(PopSurplus());
            return slot is not null;
        }
    }

    private int Add(IExecutionSlot slot)
    {
        lock (_lock)
        {
            if (!_freeNumbers.TryPop(out int number))
            {
                number = _count++;
                if (_count > _byNumber.Length)
                {
                    IExecutionSlot?[] larger = new IExecutionSlot?[_byNumber.Length * 2];
                    _byNumber.CopyTo(larger, 0);
                    Volatile.Write(ref _byNumber, larger);
                }
            }

            _byNumber[number] = slot;
            return number;
        }
    }

    private IExecutionSlot Remove(int number)
    {
        IExecutionSlot slot = _byNumber[number]!;
        _byNumber[number] = null;
        _freeNumbers.Push(number);
        _live--;
        return slot;
    }

    private int PopSurplus()
    {
        Stack<int> most = _free.Values.First();
        foreach (Stack<int> free in _free.Values)
        {
            most = free.Count > most.Count ? free : most;
        }

        _kept--;
        return most.Pop();
    }
}
