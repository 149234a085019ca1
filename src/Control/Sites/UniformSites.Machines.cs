// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>How VMs come and go, and what is written down of that: all on the thread of its own.</summary>
public sealed partial class UniformSites
{
    // A turn at a time, so that what else there is to do gets its own.
    private void StartSome(TaskCompletionSource done)
    {
        try
        {
            int end = Math.Min(_made + TurnMax, _records.Length);
            StartPart(_made, end);
            if (IsStopping || end == _records.Length)
            {
                _earlier = IsStopping ? _earlier : null;
                done.SetResult();
            }
            else
            {
                _work.Post(() => StartSome(done));
            }
        }
        catch (ControlException) when (IsStopping)
        {
            // The wait for one was given up.
            done.SetResult();
        }
        catch (ControlException e)
        {
            done.SetException(e);
        }
    }

    /// <summary>Gives some sites their VMs, and writes down those that are others than before.</summary>
    private void StartPart(int first, int end)
    {
        bool isOther = false;
        try
        {
            for (int index = first; index < end && !IsStopping; index++)
            {
                if (!_records[index].IsGone && !TryResume(index))
                {
                    isOther = true;
                    Start(index, s_patience);
                }

                Volatile.Write(ref _made, index + 1);
            }
        }
        finally
        {
            if (isOther)
            {
                WriteDown(first);
            }
        }
    }

    private ulong TakeEarlier(int index)
    {
        ulong earlier = _earlier?[index] ?? 0;
        if (earlier is 0 or IUniformStore.Gone)
        {
            return 0;
        }

        _earlier![index] = 0;
        return earlier;
    }

    private bool TryResume(int index)
    {
        // It may end as soon as it is there, and this thread hears of that. If it cannot be told now whether it can go
        // on, its number stays written down.
        bool isBack = _earlier?[index] is { } written and not (0 or IUniformStore.Gone) && _host.TryResume(written);
        ulong earlier = TakeEarlier(index);
        if (isBack)
        {
            SetMachine(index, earlier);
        }
        else if (earlier != 0)
        {
            _host.Forget(earlier);
        }

        return isBack;
    }

    private void Start(int index, TimeSpan patience) => SetMachine(index, _host.Start(patience, _stopping.Token));

    private void SetMachine(int index, ulong id)
    {
        _indices[id] = index;
        _records[index].Starts++;
        Volatile.Write(ref _records[index].Machine, id);
    }

    // The thread that starts VMs hears of their ends: never before it knows whose they are.
    private void OnEnded(ulong id, string reason)
    {
        if (IsStopping || !_indices.Remove(id, out int index))
        {
            return;
        }

        // Whoever sees that it has no VM finds out why.
        FailedSite failed = _failed.GetOrAdd(index, _ => new FailedSite { StartedTimestamp = _start });
        Fail(index, failed, reason, _time.GetElapsedTime(failed.StartedTimestamp));
        Volatile.Write(ref _records[index].Machine, 0);
    }

    private void Fail(int index, FailedSite failed, string reason, TimeSpan uptime)
    {
        failed.Message = reason;
        failed.IsWaiting = true;
        failed.Restart?.Dispose();
        failed.Restart = _time.CreateTimer(
            _ => _work.Post(() => Restart(index)), null, failed.BackOff.Fail(uptime), Timeout.InfiniteTimeSpan);
    }

    private void Restart(int index)
    {
        if (IsStopping || _records[index].IsGone || !_failed.TryGetValue(index, out FailedSite? failed))
        {
            return;
        }

        try
        {
            failed.StartedTimestamp = _time.GetTimestamp();
            failed.IsWaiting = false;
            Start(index, TimeSpan.Zero);
            WriteSoon(index);
        }
        catch (ControlException e)
        {
            Fail(index, failed, e.Message, TimeSpan.Zero);
        }
    }

    /// <summary>Says that a site is gone. First what lasts: one that was told to be gone does not come back.</summary>
    private void Strike(int index, ref UniformRecord record)
    {
        record.IsGone = true;
        try
        {
            WriteDown(index / TurnMax * TurnMax);
        }
        catch (ControlException)
        {
            record.IsGone = false;
            throw;
        }

        _goneCount++;
        if (TakeEarlier(index) is var earlier and not 0)
        {
            _host.Forget(earlier);
        }
    }

    private void WriteDown(int first)
    {
        if (_store is null)
        {
            return;
        }

        int count = Math.Min(TurnMax, _records.Length - first);
        for (int i = 0; i < count; i++)
        {
            ref UniformRecord record = ref _records[first + i];
            _part[i] = record.IsGone ? IUniformStore.Gone
                : record.Machine != 0 ? record.Machine
                : _earlier?[first + i] ?? 0;
        }

        _store.Write(first, _part.AsSpan(0, count));
    }

    // However many VMs ended at once, a part is written once for those that follow them.
    private void WriteSoon(int index)
    {
        if (_unwritten.Add(index / TurnMax * TurnMax) && _unwritten.Count == 1)
        {
            _work.Post(WriteUnwritten);
        }
    }

    private void WriteUnwritten()
    {
        try
        {
            foreach (int first in _unwritten)
            {
                WriteDown(first);
            }
        }
        catch (ControlException)
        {
            // The sites go on; after a restart they start anew.
        }

        _unwritten.Clear();
    }
}
