// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;

namespace Denali.Kernel.Memory;

/// <summary>The images of all VMs by small numbers, so that a VM's record needs no reference. Any thread.</summary>
internal sealed class ImageTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<LoadedImage, int> _numbers = [];
    private readonly Stack<int> _free = new();
    private Entry[] _entries = new Entry[16];
    private int _count;

    /// <summary>An image that is in use.</summary>
    internal LoadedImage this[int number] => Volatile.Read(ref _entries)[number].Image!;

    /// <summary>One more VM is made of an image, which stays usable until that VM has ended.</summary>
    /// <param name="image">The image, not disposed.</param>
    /// <returns>Its number.</returns>
    internal int Acquire(LoadedImage image)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(image, out int number))
            {
                image.AddReference();
                number = _free.TryPop(out int free) ? free : _count++;
                if (number == _entries.Length)
                {
                    var larger = new Entry[number * 2];
                    _entries.CopyTo(larger, 0);
                    Volatile.Write(ref _entries, larger);
                }

                _entries[number].Image = image;
                _numbers.Add(image, number);
            }

            _entries[number].Machines++;
            return number;
        }
    }

    /// <summary>A VM has ended.</summary>
    /// <param name="number">The number of its image.</param>
    internal void Release(int number)
    {
        LoadedImage? unused = null;
        lock (_lock)
        {
            ref Entry entry = ref _entries[number];
            if (--entry.Machines == 0)
            {
                unused = entry.Image!;
                _ = _numbers.Remove(unused);
                entry.Image = null;
                _free.Push(number);
            }
        }

        unused?.RemoveReference();
    }

    private struct Entry
    {
        internal LoadedImage? Image;
        internal int Machines;
    }
}
