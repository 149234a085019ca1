// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>
/// Goal: whatever guests do and whoever sends commands at the same time, each VM ends exactly once, no slot is entered
/// by two threads, and everything is given back. Method: random guests on two workers, random commands from two
/// threads. The seed is printed; threads make a repetition similar, not equal.
/// </summary>
public sealed class StressTests
{
    private const int Machines = 60;

    [Fact]
    public void RandomGuestsAndCommands_EveryMachineEndsOnce() => Run(seed: 1, rounds: Iterations.Of(10));

    [Fact]
    [Trait("Speed", "Soak")]
    public void RandomGuestsAndCommands_EveryMachineEndsOnce_Soak() =>
        Run(seed: Environment.ProcessId, rounds: Iterations.Of(20));

    private static void Run(int seed, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed + round}");
            RunOne(seed + round);
        }
    }

    private static void RunOne(int seed)
    {
        var observer = new TestObserver { Room = 500 };
        var ids = new ConcurrentQueue<ulong>();
        using (var kernel = new TestKernel(workers: 2))
        {
            using var image = kernel.Load(slot => Guest(slot, new Random(seed + (int)slot.Page.MachineId)));
            Thread[] threads =
            [
                new(() => Create(kernel, image, observer, ids)),
                new(() => Command(kernel, observer, ids, new Random(seed))),
                new(() => Command(kernel, observer, ids, new Random(-seed))),
            ];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => Assert.True(thread.Join(TestObserver.Limit), $"seed {seed} hangs"));
        }

        Assert.Equal(Machines, ids.Count);
        Assert.Equal(ids.Order(), observer.Ended.Order());
    }

    private static void Create(
        TestKernel kernel, LoadedImage image, IMachineObserver observer, ConcurrentQueue<ulong> ids)
    {
        for (int i = 0; i < Machines; i++)
        {
            ids.Enqueue(kernel.Kernel.Create(new MachineOptions { Image = image, Observer = observer }));
        }
    }

    private static void Command(TestKernel kernel, TestObserver observer, ConcurrentQueue<ulong> ids, Random random)
    {
        for (int i = 0; i < 2_000; i++)
        {
            // Numbers of VMs that exist, have ended, or are just being made.
            ulong id = ids.IsEmpty ? 1 : ids.ElementAt(random.Next(ids.Count)) + (random.Next(20) == 0 ? 1u : 0u);
            switch (random.Next(8))
            {
                case 0 when random.Next(20) == 0:
                    kernel.Kernel.Kill(id);
                    break;
                case 1:
                    kernel.Kernel.SendConsoleInput(id, new byte[random.Next(900)]);
                    break;
                case 2:
                    observer.Room = random.Next(3_000);
                    kernel.Kernel.ResumeConsole(id);
                    break;
                default:
                    kernel.Kernel.Interrupt(id, (InterruptBits)(1 << random.Next(6)));
                    break;
            }
        }
    }

    private static IEnumerable<EngineExit> Guest(FakeSlot slot, Random random)
    {
        byte[] buffer = new byte[700];
        int steps = random.Next(400);
        for (int i = 0; i < steps; i++)
        {
            slot.Take();
            slot.Print(buffer.AsSpan(0, random.Next(buffer.Length)));
            slot.ReadInput(buffer);
            slot.Page.InterruptEnable = (ulong)random.Next(3);
            slot.Page.UpcallEntry = random.Next(2) == 0 ? 0x3_0000 : (ulong)random.NextInt64();
            yield return random.Next(9) switch
            {
                0 => slot.Idle(slot.Engine.Clock.NowNs + (ulong)random.Next(500_000)),
                1 => slot.Idle((ulong)random.NextInt64()),
                2 => FakeSlot.Execute(Instruction.Yield),
                3 => FakeSlot.Touch(0x3_0000 + (ulong)random.Next(0x8_0000)),
                4 => new EngineExit(EngineExitKind.Interrupted),
                5 => FakeSlot.Execute(Instruction.Ready),
                _ => FakeSlot.Execute(Instruction.Doorbell),
            };
        }

        yield return random.Next(4) switch
        {
            0 => slot.Fault(new EngineFault { Vector = 6 }),
            1 => slot.GiveUp(1, (ulong)random.NextInt64(), (ulong)random.NextInt64()),
            2 => slot.Idle(),
            _ => slot.Terminate(3),
        };
    }
}
