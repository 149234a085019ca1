// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Engine;

namespace Denali.Kernel;

/// <summary>The execution slots: made when needed, kept when free. Any thread.</summary>
internal sealed class SlotPool : IDisposable
{
    /// <summary>Most free slots that are kept; more are destroyed.</summary>
    private const int KeptMax = 4096;

    private readonly Lock _lock = new();
    private readonly IExecutionEngine _engine;
    private readonly List<IExecutionSlot?> _slots = [];
    private readonly Stack<int> _freeNumbers = new();
    private readonly Dictionary<ulong, Stack<int>> _free = [];
    private IExecutionSlot?[] _byNumber = new IExecutionSlot?[64];
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
        IExecutionSlot slot = _engine.CreateSlot(memoryBytes);
        lock (_lock)
        {
            if (!_freeNumbers.TryPop(out int number))
            {
                number = _slots.Count;
                _slots.Add(null);
            }

            _slots[number] = slot;
            if (_slots.Count > _byNumber.Length)
            {
                IExecutionSlot?[] larger = new IExecutionSlot?[_byNumber.Length * 2];
                _byNumber.CopyTo(larger, 0);
                Volatile.Write(ref _byNumber, larger);
            }

            _byNumber[number] = slot;
            return number;
        }
    }

    /// <summary>Gives a slot back. Its memory has been given back already.</summary>
    internal void Return(int number)
    {
        IExecutionSlot slot;
        lock (_lock)
        {
            slot = _slots[number]!;
            if (_kept < KeptMax)
            {
                if (!_free.TryGetValue(slot.MemoryBytes, out Stack<int>? free))
                {
                    free = new Stack<int>();
                    _free.Add(slot.MemoryBytes, free);
                }

                free.Push(number);
                _kept++;
                return;
            }

            _slots[number] = null;
            _byNumber[number] = null;
            _freeNumbers.Push(number);
        }

        slot.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (IExecutionSlot? slot in _slots)
            {
                slot?.Dispose();
            }

            _slots.Clear();
            _free.Clear();
        }
    }
}
