// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;

namespace Denali.Kernel.Machines;

/// <summary>
/// Objects that VMs use, by small numbers, so that a VM's record needs no reference: what many VMs have in common is
/// one object, and the garbage collector does not see how many they are. Any thread.
/// </summary>
/// <typeparam name="T">What they are.</typeparam>
/// <param name="comparer">Which of them are the same; null for the type's own equality.</param>
internal class SharedTable<T>(IEqualityComparer<T>? comparer = null)
    where T : class
{
    private const int FirstEntries = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<T, int> _numbers = new(comparer);
    private readonly Stack<int> _free = new();
    private Entry[] _entries = new Entry[FirstEntries];
    private int _count;

    /// <summary>An object that is in use.</summary>
    internal T this[int number] => Volatile.Read(ref _entries)[number].Item!;

    /// <summary>One more VM uses an object.</summary>
    /// <param name="item">The object. If an equal one is in use, that one is used.</param>
    /// <returns>Its number, good until this VM releases it.</returns>
    internal int Acquire(T item)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(item, out int number))
            {
                OnFirst(item);
                number = _free.TryPop(out int free) ? free : _count++;
                if (number == _entries.Length)
                {
                    var larger = new Entry[number * 2];
                    _entries.CopyTo(larger, 0);
                    Volatile.Write(ref _entries, larger);
                }

                _entries[number].Item = item;
                _numbers.Add(item, number);
            }

            _entries[number].Machines++;
            return number;
        }
    }

    /// <summary>A VM does not use an object any more.</summary>
    /// <param name="number">The object's number.</param>
    internal void Release(int number)
    {
        T? unused = null;
        lock (_lock)
        {
            ref Entry entry = ref _entries[number];
            if (--entry.Machines == 0)
            {
                unused = entry.Item!;
                _ = _numbers.Remove(unused);
                entry.Item = null;
                _free.Push(number);
            }
        }

        if (unused is not null)
        {
            OnLast(unused);
        }
    }

    /// <summary>An object comes into use; may throw, then it does not.</summary>
    /// <param name="item">The object.</param>
    protected virtual void OnFirst(T item)
    {
    }

    /// <summary>An object is out of use.</summary>
    /// <param name="item">The object.</param>
    protected virtual void OnLast(T item)
    {
    }

    private struct Entry
    {
        internal T? Item;
        internal int Machines;
    }
}
