// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Bench;

/// <summary>
/// Behind the gateway: sends requests to VMs chosen at random, from a thread of its own as a network would, and keeps a
/// fixed number of them unanswered.
/// </summary>
internal sealed class LoadGenerator : IKernelPort
{
    // Less than a VM's receive ring holds, so that nothing is lost, and less than makes Ilwaco post a larger one.
    private const int UnansweredMax = 15;
    private const int SpinCount = 16;
    private const int Seed = 4711;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly VirtualSwitch _switch;
    private readonly byte[][] _requests;
    private readonly Random _random = new(Seed);

    // What the measuring thread counts, and what the worker counts.
    private readonly int[] _sent;
    private readonly int[] _answered;
    private int _sentTotal;
    private int _answeredTotal;

    /// <summary>Puts itself behind the gateway.</summary>
    /// <param name="network">The switch.</param>
    /// <param name="machineIds">The VMs that serve.</param>
    /// <param name="frameBytes">Bytes of a request's frame.</param>
    internal LoadGenerator(VirtualSwitch network, ulong[] machineIds, int frameBytes)
    {
        _switch = network;
        _sent = new int[machineIds.Length];
        _answered = new int[machineIds.Length];
        _requests = new byte[machineIds.Length][];
        for (int i = 0; i < machineIds.Length; i++)
        {
            _requests[i] = RequestFrame.Create(network, machineIds[i], i, frameBytes);
        }

        network.GatewayPort = this;
    }

    void IKernelPort.Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
    {
        int number = RequestFrame.NumberOf(frame);
        if ((uint)number < (uint)_answered.Length)
        {
            Volatile.Write(ref _answered[number], _answered[number] + 1);
            Interlocked.Increment(ref _answeredTotal);
        }
    }

    /// <summary>Measures how many requests are answered.</summary>
    /// <param name="machines">How many of the VMs are asked: the first ones.</param>
    /// <param name="unanswered">Requests under way for each of them, on average.</param>
    /// <param name="warmUp">For how long the load runs before.</param>
    /// <param name="duration">For how long it is measured.</param>
    /// <returns>Answers per second.</returns>
    internal double Measure(int machines, int unanswered, TimeSpan warmUp, TimeSpan duration)
    {
        Load(machines, machines * unanswered, warmUp);
        int before = Volatile.Read(ref _answeredTotal);
        long start = Stopwatch.GetTimestamp();
        Load(machines, machines * unanswered, duration);
        double rate = (Volatile.Read(ref _answeredTotal) - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Drain();
        return rate;
    }

    private void Load(int machines, int unanswered, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            // A look at the time for each machine's worth: it costs less than a frame, but not nothing.
            for (int i = 0; i < machines && _sentTotal - Volatile.Read(ref _answeredTotal) < unanswered; i++)
            {
                Ask(_random.Next(machines));
            }

            Thread.SpinWait(SpinCount);
        }
    }

    private void Ask(int machine)
    {
        if (_sent[machine] - Volatile.Read(ref _answered[machine]) < UnansweredMax
            && _switch.TryInject(new OutgoingFrame { Headers = _requests[machine] }))
        {
            _sent[machine]++;
            _sentTotal++;
        }
    }

    private void Drain()
    {
        if (!SpinWait.SpinUntil(() => Volatile.Read(ref _answeredTotal) == _sentTotal, s_patience))
        {
            throw new InvalidOperationException(
                $"{_sentTotal - _answeredTotal} of {_sentTotal} requests were not answered within {s_patience}");
        }
    }
}
