// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Denali.Kernel.Swap;

/// <summary>
/// Entries that nobody wants and that could not be erased. Their blocks are not used again until they are gone, which
/// is tried whenever the device has worked, and before anything is written at their index.
/// </summary>
internal sealed partial class SwapFile
{
    // Held while the device is waited for, and never taken while the other lock is held.
    private readonly Lock _leftLock = new();

    // By index, with the blocks as far as they are known. There are no more than indices.
    private readonly Dictionary<int, SwapRun[]?> _left = [];
    private int _leftCount;
    private uint _leftTurn;

    private void Leave(int index, SwapRun[]? runs)
    {
        lock (_leftLock)
        {
            _left[index] = runs;
            Volatile.Write(ref _leftCount, _left.Count);
        }
    }

    /// <summary>Erases what was left at an index, if something was.</summary>
    /// <returns>False if it is still there.</returns>
    private bool TryEraseLeft(int index)
    {
        // Nobody but who asks has left something there.
        if (Volatile.Read(ref _leftCount) == 0)
        {
            return true;
        }

        lock (_leftLock)
        {
            return TryEraseLeftNow(index);
        }
    }

    /// <summary>The device works: tries one of those again that were left, unless another thread does.</summary>
    private void EraseOneLeft()
    {
        if (Volatile.Read(ref _leftCount) == 0 || !_leftLock.TryEnter())
        {
            return;
        }

        try
        {
            // Another one each time: there may be one that can never be erased.
            int before = _left.Count == 0 ? 0 : (int)(_leftTurn++ % (uint)_left.Count);
            foreach (int index in _left.Keys)
            {
                if (before-- == 0)
                {
                    _ = TryEraseLeftNow(index);
                    return;
                }
            }
        }
        finally
        {
            _leftLock.Exit();
        }
    }

    private bool TryEraseLeftNow(int index)
    {
        if (!_left.TryGetValue(index, out SwapRun[]? runs))
        {
            return true;
        }

        try
        {
            if (runs is null)
            {
                runs = new SwapRun[SwapRecord.RunMax];
                int count = _directory.TryRead(index, out SwapEntry entry) ? FindRuns(entry, runs) : 0;
                runs = runs[..count];
            }

            _directory.Erase(index);
        }
        catch (IOException)
        {
            return false;
        }

        _left.Remove(index);
        Volatile.Write(ref _leftCount, _left.Count);
        Return(runs);
        return true;
    }
}
