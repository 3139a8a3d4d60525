using System.Collections.Immutable;

namespace EdgeAI.Scheduling.Modeling;

/// <summary>Refuses a problem or options that break their contract, in the order in which a reader would look.</summary>
internal static class ProblemChecks
{
    private const int SmallestTable = 4096;
    private const double LargestSum = 1e100;

    public static void Check(PlacementOptions options)
    {
        Require(options.MaxTableEntries >= SmallestTable, $"MaxTableEntries is {options.MaxTableEntries}, expected at least {SmallestTable}.");
        Require(options.BeamWidth >= 1, $"BeamWidth is {options.BeamWidth}, expected at least 1.");
        Require(options.ImprovementRounds >= 0, $"ImprovementRounds is {options.ImprovementRounds}, expected at least 0.");
        Require(options.CopyContention >= 1 && double.IsFinite(options.CopyContention), $"CopyContention is {options.CopyContention}, expected a finite number of at least 1.");
        Require(options.EnergyBudget is null || IsCost(options.EnergyBudget.Value), $"EnergyBudget is {options.EnergyBudget}, expected a finite number that is not negative.");
        Require(options.LatencyBudget is null || IsCost(options.LatencyBudget.Value), $"LatencyBudget is {options.LatencyBudget}, expected a finite number that is not negative.");
        Require(
            options.EnergyBudget is null || options.Objective == PlacementObjective.AdditiveWithLaunches,
            $"There is an EnergyBudget for the objective {options.Objective}, expected one for AdditiveWithLaunches only.");
        Require(
            options.LatencyBudget is null || options.Objective == PlacementObjective.Energy,
            $"There is a LatencyBudget for the objective {options.Objective}, expected one for Energy only.");
        Require(Enum.IsDefined(options.Objective), $"Objective is {(int)options.Objective}, which is none.");
    }

    public static void Check(PlacementProblem problem)
    {
        CheckShape(problem);
        CheckDevices(problem);
        CheckCosts(problem);
        CheckValues(problem);
        CheckLinks(problem);
        CheckFeasible(problem);
        CheckSum(problem);
    }

    private static void CheckShape(PlacementProblem problem)
    {
        Require(!problem.Devices.IsDefaultOrEmpty, "The problem has no devices, expected at least one.");
        Require(problem.Devices.Length <= PlacementProblem.MaxDevices, $"The problem has {problem.Devices.Length} devices, expected at most {PlacementProblem.MaxDevices}.");
        Require(!problem.Items.IsDefault && !problem.Values.IsDefault && !problem.Links.IsDefault, "Items, Values and Links must not be default arrays.");
        Require(problem.Costs is not null, "The problem has no cost table.");
        Require(
            problem.Costs!.ItemCount == problem.Items.Length && problem.Costs.DeviceCount == problem.Devices.Length,
            $"The cost table is {problem.Costs.ItemCount} items × {problem.Costs.DeviceCount} devices, expected {problem.Items.Length} × {problem.Devices.Length}.");
        Require(IsIndex(problem.HostDevice, problem.Devices.Length), $"The host device is {problem.HostDevice}, expected 0 to {problem.Devices.Length - 1}.");
    }

    private static void CheckDevices(PlacementProblem problem)
    {
        foreach (var device in problem.Devices)
        {
            Require(IsCost(device.LaunchEnergy), $"Device '{device.Name}' takes {device.LaunchEnergy} J per launch, expected a finite number that is not negative.");
            Require(device.CapacityBytes is null or >= 0, $"Device '{device.Name}' has a capacity of {device.CapacityBytes} bytes, expected none or one that is not negative.");
            Require(IsCost(device.LaunchCost), $"Device '{device.Name}' has launch cost {device.LaunchCost}, expected a finite number that is not negative.");
        }
    }

    private static void CheckCosts(PlacementProblem problem)
    {
        for (var item = 0; item < problem.Items.Length; item++)
        {
            for (var device = 0; device < problem.Devices.Length; device++)
            {
                var cost = problem.Costs[item, device];
                if (!cost.IsRefused && (!IsCost(cost.Energy) || cost.ResidentBytes < 0))
                {
                    throw new PlacementException($"Item '{problem.Items[item].Name}' takes {cost.Energy} J and {cost.ResidentBytes} resident bytes on device '{problem.Devices[device].Name}', expected finite numbers that are not negative; where the energy is not known, 0 or another objective than energy.");
                }

                if (!cost.IsRefused && !IsCost(cost.Value))
                {
                    throw new PlacementException($"Item '{problem.Items[item].Name}' costs {cost.Value} on device '{problem.Devices[device].Name}', expected a finite number that is not negative, or a refusal.");
                }
            }
        }
    }

    private static void CheckValues(PlacementProblem problem)
    {
        foreach (var value in problem.Values)
        {
            var producerIsLegal = value.Producer == PlacementValue.Ambient || IsIndex(value.Producer, problem.Items.Length);
            if (value.Bytes < 0 || value.Consumers.IsDefault || !producerIsLegal)
            {
                throw new PlacementException($"Value '{value.Name}' has {value.Bytes} bytes, producer {value.Producer} and {(value.Consumers.IsDefault ? "default" : "proper")} consumers; expected bytes that are not negative, a producer below {problem.Items.Length} or Ambient, and no default array.");
            }

            CheckConsumers(problem, value);
        }
    }

    private static void CheckConsumers(PlacementProblem problem, PlacementValue value)
    {
        foreach (var consumer in value.Consumers)
        {
            if (consumer <= value.Producer || !IsIndex(consumer, problem.Items.Length))
            {
                throw new PlacementException($"Value '{value.Name}' of producer {value.Producer} has consumer {consumer}; expected a higher number below {problem.Items.Length} (items are numbered in a topological order).");
            }
        }
    }

    private static void CheckLinks(PlacementProblem problem)
    {
        var (seen, names) = (new HashSet<(int, int)>(), problem.Devices);
        foreach (var link in problem.Links)
        {
            Require(
                IsIndex(link.From, names.Length) && IsIndex(link.To, names.Length) && link.From != link.To,
                $"A link goes from device {link.From} to {link.To}, expected two different ones of 0 to {names.Length - 1}.");
            Require(
                IsCost(link.FixedCost) && IsCost(link.CostPerByte),
                $"The link from '{names[link.From].Name}' to '{names[link.To].Name}' costs {link.FixedCost} plus {link.CostPerByte} per byte, expected finite numbers that are not negative.");
            Require(
                IsCost(link.FixedEnergy) && IsCost(link.EnergyPerByte),
                $"The link from '{names[link.From].Name}' to '{names[link.To].Name}' takes {link.FixedEnergy} J plus {link.EnergyPerByte} per byte, expected finite numbers that are not negative.");
            Require(seen.Add((link.From, link.To)), $"There are two links from '{names[link.From].Name}' to '{names[link.To].Name}', expected one.");
        }

        for (var device = 0; device < names.Length; device++)
        {
            var linked = device == problem.HostDevice || (seen.Contains((device, problem.HostDevice)) && seen.Contains((problem.HostDevice, device)));
            Require(linked, $"Device '{names[device].Name}' lacks a link to or from the host device '{names[problem.HostDevice].Name}', expected both.");
        }
    }

    private static void CheckFeasible(PlacementProblem problem)
    {
        var devices = Enumerable.Range(0, problem.Devices.Length);
        ImmutableArray<int> refused = [.. Enumerable.Range(0, problem.Items.Length).Where(item => devices.All(device => problem.Costs[item, device].IsRefused))];
        if (!refused.IsEmpty)
        {
            throw new InfeasiblePlacementException(problem, refused);
        }
    }

    /// <summary>Costs that are finite one by one may not be so together: then no two answers could be told apart.</summary>
    private static void CheckSum(PlacementProblem problem)
    {
        var (cost, energy) = (0.0, 0.0);
        for (var item = 0; item < problem.Items.Length; item++)
        {
            for (var device = 0; device < problem.Devices.Length; device++)
            {
                var answer = problem.Costs[item, device];
                cost += (answer.IsRefused ? 0 : answer.Value) + problem.Devices[device].LaunchCost;
                energy += answer.Energy + problem.Devices[device].LaunchEnergy;
            }
        }

        var bytes = problem.Values.Sum(value => (double)value.Bytes);
        foreach (var link in problem.Links)
        {
            cost += (problem.Values.Length * link.FixedCost) + (link.CostPerByte * bytes);
            energy += (problem.Values.Length * link.FixedEnergy) + (link.EnergyPerByte * bytes);
        }

        Require(Math.Max(cost, energy) <= LargestSum, $"All costs together are {cost}, all energies {energy} J, expected at most {LargestSum}.");
    }

    private static bool IsIndex(int index, int length) => (uint)index < (uint)length;

    private static bool IsCost(double cost) => double.IsFinite(cost) && cost >= 0;

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new PlacementException(message);
        }
    }
}
