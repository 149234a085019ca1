// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;

namespace Denali.Cli;

/// <summary>Runs small guests and measures what they cost here.</summary>
internal static class DoctorMeasurements
{
    private const int Batches = 5;
    private const int ExitsPerBatch = 2_000;
    private const int SlotCount = 5;
    private const string SlotWhat = "slot";
    private const string ExitWhat = "exit";
    private const string RunWhat = "run";
    private const string Cure = "run it again on an idle machine, and look into the kernel log (dmesg)";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    internal static IEnumerable<DoctorFinding> Of(IExecutionEngine engine)
    {
        yield return Guard(SlotWhat, () => Slot(engine));
        yield return Guard(ExitWhat, () => Exit(engine));
        yield return Guard(RunWhat, () => Run(engine));
    }

    private static DoctorFinding Guard(string what, Func<DoctorFinding> measure)
    {
        try
        {
            return measure();
        }
        catch (Exception e) when (e is EngineException or KernelException)
        {
            return new DoctorFinding(DoctorVerdict.Fail, what, e.Message);
        }
    }

    private static DoctorFinding Slot(IExecutionEngine engine)
    {
        var slots = new List<IExecutionSlot>();
        double[] costs = new double[SlotCount];
        try
        {
            for (int i = 0; i < SlotCount; i++)
            {
                long start = TimeProvider.System.GetTimestamp();
                slots.Add(engine.CreateSlot(DoctorImage.MemoryBytes));
                costs[i] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            }
        }
        finally
        {
            slots.ForEach(slot => slot.Dispose());
        }

        return DoctorFinding.Ok(SlotWhat, string.Create(
            CultureInfo.InvariantCulture, $"{Median(costs):0.00} ms to make one (median of {SlotCount})"));
    }

    private static DoctorFinding Exit(IExecutionEngine engine)
    {
        using IMemoryBase memoryBase = engine.CreateBase(DoctorImage.DescribeYieldLoop());
        using IExecutionSlot slot = engine.CreateSlot(DoctorImage.MemoryBytes);
        slot.Bind(memoryBase);
        slot.Commit(DoctorImage.MemoryBytes - 1);
        double[] costs = new double[Batches];
        for (int batch = -1; batch < Batches; batch++)
        {
            // The first batch only warms up.
            long start = TimeProvider.System.GetTimestamp();
            if (!TryYield(slot, ExitsPerBatch, out EngineExit wrong))
            {
                return DoctorFinding.Fail(
                    ExitWhat, $"a guest that yields left with {wrong.Kind} (detail {wrong.Detail:x})", Cure);
            }

            costs[Math.Max(batch, 0)] = TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / ExitsPerBatch;
        }

        return DoctorFinding.Ok(ExitWhat, string.Create(
            CultureInfo.InvariantCulture,
            $"{Median(costs):0.00} us per round trip (median of {Batches} times {ExitsPerBatch})"));
    }

    private static bool TryYield(IExecutionSlot slot, int count, out EngineExit exit)
    {
        exit = default;
        for (int i = 0; i < count;)
        {
            exit = slot.Enter();
            if (exit.Kind != EngineExitKind.Interrupted)
            {
                if (exit.Kind != EngineExitKind.Instruction || exit.Instruction != Instruction.Yield)
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>A whole VM, from an image to its end, through the kernel.</summary>
    private static DoctorFinding Run(IExecutionEngine engine)
    {
        if (!DenaliImage.TryParse(DoctorImage.Build(), out DenaliImage? image, out ImageError error))
        {
            return DoctorFinding.Fail(RunWhat, error.Message, "this is a defect: report it");
        }

        var observer = new Observer();
        long start = TimeProvider.System.GetTimestamp();
        using (var kernel = new IsolationKernel(engine, new KernelOptions { WorkerCount = 1 }))
        {
            using LoadedImage loaded = kernel.Load(image);
            kernel.Create(new MachineOptions { Image = loaded, Observer = observer });
            observer.Ended.Wait(s_limit);
        }

        string cost = string.Create(
            CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
        MachineExit exit = observer.Ended.Result;
        return exit.Cause == ExitCause.Terminated && exit.Code == DoctorImage.ExitCode
            ? DoctorFinding.Ok(RunWhat, $"a VM from its image to its end in {cost}")
            : DoctorFinding.Fail(RunWhat, $"a VM that should terminate ended as {exit.Cause} after {cost}", Cure);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private sealed class Observer : IMachineObserver
    {
        private readonly TaskCompletionSource<MachineExit> _ended =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<MachineExit> Ended => _ended.Task;

        public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

        public void OnEnded(MachineExit exit) => _ended.TrySetResult(exit);
    }
}
