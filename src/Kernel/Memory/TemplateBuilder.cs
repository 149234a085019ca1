// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Kernel.Machines;
using Denali.Kernel.Templates;
using Denali.Linux;

namespace Denali.Kernel.Memory;

/// <summary>Watches a VM boot, and makes an image of the booted VM.</summary>
internal sealed class TemplateBuilder(MachineOptions options, HostClock clock) : ITemplateObserver
{
    private const int OutputMaxBytes = 4096;

    private readonly TaskCompletionSource<LoadedImage> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly StringBuilder _output = new();
    private LoadedImage? _template;
    private EngineException? _failure;

    /// <summary>Completes with the template when the VM is gone.</summary>
    internal Task<LoadedImage> Done => _done.Task;

    public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        int left = OutputMaxBytes - _output.Length;
        _ = _output.Append(Encoding.UTF8.GetString(output[..Math.Min(left, output.Length)]));
        return output.Length;
    }

    public void Capture(IExecutionSlot slot, in MachineRecord record)
    {
        try
        {
            _template = options.Image.MakeBooted(slot.Capture(record.ChargedBytes), new TemplateFacts
            {
                HasNetwork = record.HasNetwork,
                HasDisks = record.HasDisks,
                DiskSectors = record.HasUsedDisks ? [.. options.Disks.Select(disk => disk.SectorCount)] : null,
                Arguments = [.. options.Arguments],
                CapturedNs = clock.NowNs,
            });
        }
        catch (EngineException e)
        {
            _failure = e;
        }
    }

    public void OnEnded(MachineExit exit)
    {
        if (_template is not null)
        {
            _done.SetResult(_template);
        }
        else if (_failure is not null)
        {
            _done.SetException(_failure);
        }
        else
        {
            string cause = exit.Cause == ExitCause.Terminated
                ? string.Create(CultureInfo.InvariantCulture, $"it terminated with code {exit.Code}")
                : $"it ended: {exit.Cause}";
            string output = _output.Length == 0 ? "it printed nothing" : $"it printed: {_output.ToString().Trim()}";
            _done.SetException(new KernelException(
                $"the guest did not become ready, so it cannot be a template: {cause}; {output}"));
        }
    }
}
