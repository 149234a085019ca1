// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>Hosts on one Ethernet, with virtual time: a step carries all frames, then polls all hosts.</summary>
internal sealed class TestLan
{
    private readonly List<TestHost> _hosts = [];

    /// <summary>Monotonic nanoseconds.</summary>
    public ulong NowNs { get; private set; } = 1_000_000_000;

    /// <summary>Sees every frame; false drops it.</summary>
    public Func<byte[], bool> Filter { get; set; } = _ => true;

    /// <summary>All frames that were sent.</summary>
    public List<byte[]> Log { get; } = [];

    /// <summary>Adds a host with addresses 10.0.0.NUMBER and fd00::NUMBER.</summary>
    public TestHost Add(byte number, Action<IpInterface>? configure = null)
    {
        var host = new TestHost(number, configure);
        host.Poll(NowNs);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Carries what was sent, and polls everybody.</summary>
    /// <returns>Whether there was anything to carry.</returns>
    public bool Step()
    {
        bool any = false;
        foreach (TestHost host in _hosts)
        {
            host.Poll(NowNs);
        }

        foreach (TestHost sender in _hosts)
        {
            while (sender.Link.Sent.TryDequeue(out (byte[] Frame, FrameOffload Offload) sent))
            {
                any = true;
                Log.Add(sent.Frame);
                if (Filter(sent.Frame))
                {
                    foreach (TestHost receiver in _hosts.Where(host => host != sender))
                    {
                        receiver.Stack.Receive(sent.Frame, sent.Offload, NowNs);
                    }
                }
            }
        }

        return any;
    }

    /// <summary>Steps until nothing moves.</summary>
    public void Settle()
    {
        int steps = 0;
        while (Step())
        {
            Assert.True(++steps < 10_000, "the hosts never fall silent");
        }
    }

    /// <summary>Lets time pass, from deadline to deadline.</summary>
    public void Advance(ulong ns)
    {
        ulong end = NowNs + ns;
        while (true)
        {
            Settle();
            ulong next = _hosts.Min(host => host.NextNs);
            if (next > end)
            {
                break;
            }

            NowNs = Math.Max(next, NowNs + 1);
        }

        NowNs = end;
        Settle();
    }
}
