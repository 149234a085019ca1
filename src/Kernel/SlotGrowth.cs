// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Threading;

namespace Denali.Kernel;

/// <summary>Makes slots for later, one at a time, in a thread of its own: it takes the host tens of milliseconds where
/// there are many. Any thread may order one.</summary>
internal sealed class SlotGrowth : IDisposable
{
    private readonly BlockingCollection<ulong> _orders = [];
    private readonly Action<ulong> _make;
    private readonly Thread _thread;
    private int _isBusy;

    /// <summary>Starts the thread.</summary>
    /// <param name="make">Makes a slot of a memory size; throws nothing.</param>
    internal SlotGrowth(Action<ulong> make)
    {
        _make = make;
        _thread = new Thread(Run) { Name = "denali-slots", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether one is being made.</summary>
    internal bool IsBusy => Volatile.Read(ref _isBusy) != 0;

    /// <summary>Has a slot made. Not after <see cref="Dispose"/>.</summary>
    /// <param name="memoryBytes">Its memory size.</param>
    /// <returns>False if one is being made already.</returns>
    internal bool TryOrder(ulong memoryBytes)
    {
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
        {
            return false;
        }

        _orders.Add(memoryBytes);
        return true;
    }

    /// <summary>Waits for the one that is being made.</summary>
    public void Dispose()
    {
        _orders.CompleteAdding();
        _thread.Join();
        _orders.Dispose();
    }

    private void Run()
    {
        foreach (ulong memoryBytes in _orders.GetConsumingEnumerable())
        {
            _make(memoryBytes);
            Volatile.Write(ref _isBusy, 0);
        }
    }
}
