// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Control;
using Denali.Control.Sites;
using Denali.Control.Templates;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>What <c>denali up</c> does before it serves. Where that takes more than a second, it is shown.</summary>
/// <param name="options">What the user asked for.</param>
/// <param name="sites">Which sites there are.</param>
/// <param name="reporter">Is told what goes wrong without being an error.</param>
internal sealed class UpPreparation(UpOptions options, UpSites sites, UpReporter reporter)
{
    /// <summary>The folder of disk images.</summary>
    internal string ImagesPath => sites.Folder?.ImagesPath ?? Path.Combine(UserFolders.Cache, "images");

    private string TemplatesPath => sites.Folder?.TemplatesPath ?? Path.Combine(UserFolders.Cache, "templates");

    /// <summary>Starts the kernel, which finds the VMs that were saved.</summary>
    internal IsolationKernel StartKernel(KvmEngine engine) => Progress.Do(
        "looking for VMs that were saved",
        () => new IsolationKernel(
            engine, options.Limits.ToKernelOptions(sites.Folder?.SwapPath, options.TapName)));

    /// <summary>Finds the template of the guest, or boots it.</summary>
    internal LoadedImage BootGuest(IsolationKernel kernel, DenaliImage image) => Progress.Do(
        "booting the guest",
        () => new TemplateCache(TemplatesPath)
            .Get(kernel, image, options.MemoryBytes, KernelSiteHost.BootArguments).Template);

    /// <summary>Prepares what makes the VMs of the sites that are alike. Nothing that is kept changes.</summary>
    /// <returns>It; null if there are no such sites, or those of an earlier time cannot be served.</returns>
    /// <exception cref="ControlException">Those that are asked for cannot be served.</exception>
    /// <exception cref="UsageException">The demo site that they are to serve is not there.</exception>
    internal KernelUniformHost? OpenUniform(IsolationKernel kernel, LoadedImage template, HostNetwork? network)
    {
        if (sites.UniformCount == 0)
        {
            return null;
        }

        try
        {
            string directory = sites.UniformDirectory;
            return Progress.Do(
                $"making the disk of {directory}",
                () => KernelUniformHost.Create(kernel, template, network, directory, ImagesPath));
        }
        catch (Exception e) when (e is ControlException or UsageException && options.UniformCount is null)
        {
            // Nobody has asked for them now, and others are not to wait for that.
            reporter.Warn(
                $"{sites.UniformCount} sites of an earlier --sites are not served: {e.Message}; give them another "
                + "directory with --sites COUNT --dir DIR, or end them with --sites 0");
            return null;
        }
    }

    /// <summary>Writes down which sites there are now, and gives up VMs that none of them can go on with: the first
    /// change to what is kept.</summary>
    /// <returns>The sites that are alike; null if there are none, or they cannot be served.</returns>
    /// <exception cref="ControlException">It cannot be written.</exception>
    internal UniformSites? TakeOver(IsolationKernel kernel, KernelSiteHost host, KernelUniformHost? uniform) =>
        Progress.Do(
            "looking through what was kept",
            () =>
            {
                sites.TakeOver(id => kernel.TryFindSaved(id, out _), uniform?.Fingerprint);
                host.ForgetOthers(sites.Machines);
                return uniform is null ? null : new UniformSites(
                    uniform, sites.UniformCount, sites.UniformDirectory, TimeProvider.System, sites.UniformStore);
            });
}
