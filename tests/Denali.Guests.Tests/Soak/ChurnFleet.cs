// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// Many VMs of the guest "waker", which are woken by a byte of console input each: several at a time and at random, or
/// one after the other to measure. Each counts its wakes and looks whether its memory is what it left.
/// </summary>
internal sealed class ChurnFleet : IMachineObserver, IDisposable
{
    // Enough that two workers and the swap threads always have something to do, and few beside the slots.
    private const int AtOnce = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _template;
    private readonly ulong[] _ids;
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly bool[] _isWoken;
    private readonly long[] _answered;
    private readonly ulong[] _wakes;
    private readonly ulong[] _digits;
    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly byte[] _byte = new byte[1];
    private string? _wrong;

    /// <summary>Makes the VMs, and wakes each once.</summary>
    internal ChurnFleet(IsolationKernel kernel, LoadedImage image, int count)
    {
        _kernel = kernel;
        Task<LoadedImage> template = kernel.CreateTemplateAsync(new MachineOptions { Image = image, Observer = this });
        Assert.True(template.Wait(s_patience), $"no template within {s_patience}");
        _template = template.Result;
        _ids = new ulong[count];
        _isWoken = new bool[count];
        _answered = new long[count];
        _wakes = new ulong[count];
        _digits = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            _ids[i] = kernel.Create(
                new MachineOptions { Image = _template, Observer = this, StartsWhenNeeded = true });
            _indices.Add(_ids[i], i);
        }

        for (int i = 0; i < count; i++)
        {
            _ = Wake(i);
        }
    }

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        // A line may come in two pieces, where the console's ring begins anew.
        int index = _indices[machineId];
        foreach (byte character in output)
        {
            if (character == '\n')
            {
                Finish(index);
            }
            else if (character is >= (byte)'0' and <= (byte)'9')
            {
                _digits[index] = (_digits[index] * 10) + (ulong)(character - '0');
            }
            else
            {
                _wrong ??= $"VM {machineId} has not the memory that it left";
            }
        }

        return output.Length;
    }

    void IMachineObserver.OnEnded(MachineExit exit)
    {
        if (exit.Cause != ExitCause.Killed)
        {
            _wrong ??= $"VM {exit.MachineId} ended: {exit.Cause}";
        }
    }

    /// <summary>Wakes VMs at random, several at a time, and waits for all of them.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="count">How many wakes.</param>
    internal void WakeMany(Random random, long count)
    {
        for (long i = 0; i < count; i++)
        {
            TakeTurn();
            int index = random.Next(_ids.Length);
            while (Volatile.Read(ref _isWoken[index]))
            {
                index = (index + 1) % _ids.Length;
            }

            Send(index);
        }

        for (int i = 0; i < AtOnce; i++)
        {
            TakeTurn();
        }

        _ = _free.Release(AtOnce);
    }

    /// <summary>Wakes one VM after the other at random, each twice: wherever it was when the first byte comes, it has
    /// its slot for the second.</summary>
    /// <returns>The medians in microseconds, by where VMs were.</returns>
    internal (double Parked, double Swapped, double Bound) MeasurePairs(Random random, int count)
    {
        var times = new Dictionary<Residence, List<double>>();
        foreach (Residence residence in Enum.GetValues<Residence>())
        {
            times.Add(residence, []);
        }

        for (int i = 0; i < count; i++)
        {
            int index = random.Next(_ids.Length);
            Assert.True(_kernel.TryGetSummary(_ids[index], out MachineSummary summary));
            times[summary.Residence].Add(Wake(index));
            times[Residence.Bound].Add(Wake(index));
        }

        return (MedianOf(Residence.Parked), MedianOf(Residence.Swapped), MedianOf(Residence.Bound));

        double MedianOf(Residence residence)
        {
            List<double> own = times[residence];
            Assert.True(own.Count > 0, $"no VM was {residence}");
            own.Sort();
            return own[own.Count / 2];
        }
    }

    public void Dispose() => _template.Dispose();

    private double Wake(int index)
    {
        long begin = Stopwatch.GetTimestamp();
        TakeTurn();
        Send(index);
        Assert.True(
            SpinWait.SpinUntil(() => !Volatile.Read(ref _isWoken[index]), s_patience),
            $"VM {_ids[index]} did not wake");

        // Whoever waits may sleep longer than that took.
        return Stopwatch.GetElapsedTime(begin, _answered[index]).TotalMicroseconds;
    }

    private void Send(int index)
    {
        Volatile.Write(ref _isWoken[index], true);
        _kernel.SendConsoleInput(_ids[index], _byte);
    }

    private void TakeTurn()
    {
        Assert.True(_free.Wait(s_patience), $"no VM answered within {s_patience}");
        Assert.Null(Volatile.Read(ref _wrong));
    }

    private void Finish(int index)
    {
        if (_digits[index] != ++_wakes[index])
        {
            _wrong ??= $"VM {_ids[index]} counts {_digits[index]} wakes, and there were {_wakes[index]}";
        }

        _digits[index] = 0;
        _answered[index] = Stopwatch.GetTimestamp();
        Volatile.Write(ref _isWoken[index], false);
        _ = _free.Release();
    }
}
