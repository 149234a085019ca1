// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Threading;
using Denali.Engine;

namespace Denali.Kernel;

/// <summary>The execution slots: made when needed, kept when free. Any thread.</summary>
internal sealed class SlotPool : IDisposable
{
    /// <summary>Most free slots that are kept, of all sizes together; more are destroyed.</summary>
    private const int KeptMax = 4096;

    private readonly Lock _lock = new();
    private readonly IExecutionEngine _engine;
    private readonly Stack<int> _freeNumbers = new();
    private readonly Dictionary<ulong, Stack<int>> _free = [];
    private IExecutionSlot?[] _byNumber = new IExecutionSlot?[64];
    private int _count;
    private int _kept;

    internal SlotPool(IExecutionEngine engine)
    {
        _engine = engine;
    }

    /// <summary>A slot by its number, for its current user.</summary>
    internal IExecutionSlot this[int number] => Volatile.Read(ref _byNumber)[number]!;

    /// <summary>Takes a free slot, or makes one.</summary>
    /// <param name="memoryBytes">Memory size.</param>
    /// <returns>The slot's number.</returns>
    /// <exception cref="EngineException">None is free and the host cannot make another.</exception>
    internal int Rent(ulong memoryBytes)
    {
        lock (_lock)
        {
            if (_free.TryGetValue(memoryBytes, out Stack<int>? free) && free.TryPop(out int number))
            {
                _kept--;
                return number;
            }
        }

        // Outside the lock: this takes milliseconds.
        return Add(CreateSlot(memoryBytes));
    }

    /// <summary>Gives a slot back. Its memory has been given back already.</summary>
    internal void Return(int number)
    {
        IExecutionSlot? surplus = null;
        lock (_lock)
        {
            IExecutionSlot slot = _byNumber[number]!;
            if (_kept == KeptMax)
            {
                // The size that is used now takes the place of the one of which most lie idle.
                surplus = Remove(PopSurplus());
            }

            if (!_free.TryGetValue(slot.MemoryBytes, out Stack<int>? free))
            {
                free = new Stack<int>();
                _free.Add(slot.MemoryBytes, free);
            }

            free.Push(number);
            _kept++;
        }

        surplus?.Dispose();
    }

    /// <summary>Destroys a rented slot, because it cannot be bound again.</summary>
    internal void Discard(int number)
    {
        IExecutionSlot slot;
        lock (_lock)
        {
            slot = Remove(number);
        }

        slot.Dispose();
    }

    public void Dispose()
    {
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
