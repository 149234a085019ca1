// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Disks;
using Denali.Control.Sites;
using Denali.Control.Templates;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>Lists the pages that a VM of the web guest has of its own after it has served a request.</summary>
internal sealed class ExplainPagesCommand : ISiteMachineObserver
{
    private const string Guest = "web";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the command.</summary>
    /// <param name="directory">The site, or null for a demo site.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="requests">How often.</param>
    /// <param name="isJson">Whether the output is for programs.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">The site does not answer.</exception>
    internal static int Execute(string? directory, string path, int requests, bool isJson)
    {
        directory ??= Path.Combine(AppContext.BaseDirectory, "sites", "hello");
        using var patience = new CancellationTokenSource(s_patience);
        string folder = Directory.CreateTempSubdirectory("denali-explain-").FullName;
        try
        {
            string disk = Path.Combine(folder, "disk");
            _ = DiskImageBuilder.Build(directory, disk, 0, patience.Token);
            ExecuteAsync(disk, path, requests, isJson, patience.Token).GetAwaiter().GetResult();
            return ExitStatus.Success;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw new UsageException($"the site does not answer ({e.Message}): see whether denali up serves it");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    void ISiteMachineObserver.OnReady() => _ = _ready.TrySetResult();

    void ISiteMachineObserver.OnEnded(string reason) => _ = _ready.TrySetException(new IOException(reason));

    private static async Task ExecuteAsync(
        string disk, string path, int requests, bool isJson, CancellationToken patience)
    {
        (DenaliImage image, _) = GuestImages.Load(Guest);
        using var engine = new KvmEngine(KvmDevice.Path);
        using var kernel = new IsolationKernel(engine);
        using var network = new HostNetwork(kernel);
        using LoadedImage template = TemplateCache.Boot(kernel, image, 0, KernelSiteHost.BootArguments);
        var command = new ExplainPagesCommand();
        ISiteMachine machine =
            new KernelSiteHost(kernel, template, network).Start("site", disk, group: null, command);
        await command._ready.Task.WaitAsync(patience);
        await WriteAsync("Before a request", kernel, machine.Id, isJson, patience);
        for (int i = 0; i < requests; i++)
        {
            await AskAsync(machine, path, patience);
        }

        await WriteAsync("After it", kernel, machine.Id, isJson, patience);
    }

    private static async Task AskAsync(ISiteMachine machine, string path, CancellationToken patience)
    {
        await using Stream stream = await machine.ConnectAsync(patience);
        string request = $"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), patience);
        await stream.CopyToAsync(Stream.Null, patience);
    }

    private static async Task WriteAsync(
        string when, IsolationKernel kernel, ulong machineId, bool isJson, CancellationToken patience)
    {
        // Where it idles, with nothing under way: there it is nothing but its pages.
        while (!await kernel.ParkAsync(machineId))
        {
            await Task.Delay(s_lookInterval, patience);
        }

        using MachinePages pages = await kernel.ReadPagesAsync(machineId, cancellation: patience);
        ExplainCommands.Write(when, PageList.Of(pages), isJson);
    }
}
